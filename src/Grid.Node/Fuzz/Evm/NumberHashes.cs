using System.Globalization;
using System.Text;
using Grid.Crypto;
using Grid.Evm;
using Grid.Primitives;

namespace Grid.Node.Fuzz.Evm;

/// <summary>The hashes that state tests give to earlier blocks: keccak of the number in decimal. So a case that is written as a state test means the same.</summary>
internal sealed class NumberHashes : IBlockHashes
{
    public static readonly NumberHashes Instance = new();

    public Hash256 GetBlockHash(ulong number) => Keccak256.Hash(Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)));
}

using System.Globalization;
using System.Text;
using Grid.Crypto;
using Grid.Evm;
using Grid.Primitives;

namespace Grid.Node.Fixtures;

/// <summary>The hash of a block before a state or VM test's one: keccak of its number in decimal, a convention of the suites.</summary>
internal sealed class DecimalHashes : IBlockHashes
{
    public static readonly DecimalHashes Instance = new();

    public Hash256 GetBlockHash(ulong number) => Keccak256.Hash(Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)));
}

using Grid.Primitives;
using Grid.State;
using Grid.State.Trie;

namespace Grid.Grains.Placement;

/// <summary>
/// How the account trie is cut into shards: by the first nibbles of keccak(address). Fixed when the data is created.
/// </summary>
/// <param name="PrefixNibbles">1 for 16 shards, 2 for 256.</param>
public sealed record ShardLayout(int PrefixNibbles)
{
    public static readonly ShardLayout Sixteen = new(1);

    public int Count => 1 << (4 * PrefixNibbles);

    /// <summary>The shard of a trie key.</summary>
    public int ShardOf(in Hash256 addressHash) => addressHash.Span[0] >> (8 - (4 * PrefixNibbles));

    public int ShardOf(in Address address) => ShardOf(KeyHashes.Of(in address));

    /// <summary>The nibbles that the keys of a shard start with.</summary>
    public TriePath PrefixOf(int shard)
    {
        var path = TriePath.Root;
        for (var i = PrefixNibbles - 1; i >= 0; i--)
        {
            path = path.Append((shard >> (4 * i)) & 15);
        }
        return path;
    }

    /// <summary>
    /// The silo of a shard among the active ones, in address order: equal runs of neighbouring shards. Every silo comes to the
    /// same answer from the membership alone.
    /// </summary>
    public int SiloIndexOf(int shard, int siloCount) => shard * siloCount / Count;
}

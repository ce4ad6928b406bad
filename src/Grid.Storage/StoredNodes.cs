using Grid.Primitives;
using Grid.State.Stored;
using Grid.State.Trie;

namespace Grid.Storage;

/// <summary>What stores on all media have in common: keys of trie nodes, and their records.</summary>
internal static class StoredNodes
{
    /// <summary>The bytes of <see cref="KeyOf"/> for a place.</summary>
    public static int KeyBytes(in TriePath path) => ((path.Length + 1) / 2) + 1;

    /// <summary>The nibbles of a place, packed, then their number: unlike places have unlike keys. Pinned by a test.</summary>
    public static byte[] KeyOf(in TriePath path)
    {
        var key = new byte[KeyBytes(in path)];
        path.Nibbles.Span[..(key.Length - 1)].CopyTo(key);
        key[^1] = path.Length;
        return key;
    }

    /// <summary>The node with this hash; false where there is no record, or that of another node.</summary>
    /// <exception cref="StorageException">Corrupt: the bytes aren't a record.</exception>
    public static bool TryDecode<TValue>(byte[]? record, in TriePath path, in Hash256 hash, out TrieNode node)
        where TValue : struct, IStoredValue<TValue>
    {
        node = null!;
        try
        {
            return record is not null && NodeRecord.TryDecode<TValue>(record, in path, in hash, out node!);
        }
        catch (InvalidDataException error)
        {
            throw new StorageException(StorageError.Corrupt, $"the trie node at '{path}': {error.Message}", error);
        }
    }
}

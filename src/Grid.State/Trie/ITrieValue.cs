namespace Grid.State.Trie;

/// <summary>A value that a trie holds decoded. Immutable.</summary>
public interface ITrieValue
{
    /// <summary>An upper bound of what <see cref="Encode"/> writes, in bytes.</summary>
    int MaxEncodedLength { get; }

    /// <summary>Writes the bytes whose RLP string the leaf holds; returns their number, which isn't 0.</summary>
    int Encode(Span<byte> destination);
}

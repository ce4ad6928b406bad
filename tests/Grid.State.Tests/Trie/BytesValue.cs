using Grid.State.Trie;

namespace Grid.State.Tests.Trie;

/// <summary>Any bytes as a value.</summary>
internal readonly struct BytesValue(byte[] bytes) : ITrieValue
{
    public byte[] Bytes => bytes;

    public int MaxEncodedLength => bytes.Length;

    public int Encode(Span<byte> destination)
    {
        bytes.CopyTo(destination);
        return bytes.Length;
    }
}

using Grid.Primitives;
using Grid.Primitives.Rlp;

namespace Grid.Node.Import;

/// <summary>
/// A file of access lists beside one of blocks: for each block, in the blocks' order, the RLP list of its hash and its access list in EIP-7928's form, without
/// anything between them.
/// </summary>
public static class AccessListFile
{
    /// <summary>Appends a block's entry.</summary>
    /// <param name="list">In EIP-7928's form.</param>
    public static void Write(RlpWriter writer, in Hash256 block, ReadOnlySpan<byte> list)
    {
        var entry = writer.BeginList();
        writer.WriteHash256(in block);
        writer.WriteRaw(list);
        writer.EndList(entry);
    }

    /// <summary>Gives each block its list; what the file has after the last block isn't read.</summary>
    /// <exception cref="BlockFileException">The file isn't that, or not of these blocks. What a list says is looked at where it is used.</exception>
    public static IEnumerable<FileBlock> Join(IEnumerable<FileBlock> blocks, Stream stream)
    {
        var items = new RlpItems(stream, "access list");
        foreach (var block in blocks)
        {
            if (!items.TryRead())
            {
                throw items.Error($"is missing: the file ends before the list of block {block.Block.Header.Number}");
            }
            var list = ReadEntry(items, out var hash);
            if (hash != block.Block.Hash)
            {
                throw items.Error($"is of block {hash}, and the chain goes on with block {block.Block.Header.Number}, {block.Block.Hash}");
            }
            yield return block with { AccessList = list };
        }
    }

    private static byte[] ReadEntry(RlpItems items, out Hash256 hash)
    {
        try
        {
            var outer = new RlpReader(items.Current);
            var entry = outer.ReadList();
            hash = entry.ReadHash256();
            var isList = entry.NextIsList;
            var list = entry.ReadRaw().ToArray();
            entry.ExpectEnd();
            return isList ? list : throw items.Error("is no RLP list");
        }
        catch (RlpException error)
        {
            throw items.Error($"is malformed: {error.Message}");
        }
    }
}

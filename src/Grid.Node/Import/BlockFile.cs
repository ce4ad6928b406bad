using Grid.Chain;

namespace Grid.Node.Import;

/// <summary>A block of a file with the length of its RLP in bytes.</summary>
/// <param name="AccessList">The block's list in EIP-7928's form; null where there was none beside the file.</param>
public readonly record struct FileBlock(Block Block, int Length, byte[]? AccessList = null);

/// <summary>Reads a file of blocks in RLP, one after the other without anything between them, as geth's `export` writes it.</summary>
public static class BlockFile
{
    /// <summary>The blocks in the file's order; one at a time is in memory.</summary>
    /// <exception cref="BlockFileException">What follows is no block.</exception>
    public static IEnumerable<FileBlock> Read(Stream stream)
    {
        for (var items = new RlpItems(stream, "block"); items.TryRead();)
        {
            if (!Block.TryDecode(items.Current, out var block, out var error))
            {
                throw items.Error($"is malformed: {Fixtures.BlockErrorText.Of(error)}");
            }
            yield return new FileBlock(block, items.Current.Length);
        }
    }
}

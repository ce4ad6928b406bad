using System.Collections.Immutable;
using Grid.Chain;
using Grid.Evm;
using Grid.Primitives;
using Grid.Storage;

namespace Grid.Grains.Snapshots;

/// <summary>The hashes of the last blocks up to a head, for BLOCKHASH. Immutable.</summary>
/// <param name="number">The newest block.</param>
/// <param name="hashes">From older to newer, ending with that block's.</param>
public sealed class BlockHashWindow(ulong number, ImmutableArray<Hash256> hashes) : IBlockHashes
{
    /// <summary>BLOCKHASH reaches 256 blocks back.</summary>
    public const int LengthMax = 256;

    public ulong Number { get; } = number;

    public Hash256 GetBlockHash(ulong number)
    {
        var back = Number - number;
        return number <= Number && back < (ulong)hashes.Length ? hashes[^(int)(back + 1)] : Hash256.Zero;
    }

    /// <summary>The window one block on.</summary>
    public BlockHashWindow Next(in Hash256 hash) =>
        new(Number + 1, (hashes.Length == LengthMax ? hashes.RemoveAt(0) : hashes).Add(hash));

    /// <summary>The window that ends with a committed block.</summary>
    public static async ValueTask<BlockHashWindow> ReadAsync(IJournal journal, ulong number)
    {
        var hashes = ImmutableArray.CreateBuilder<Hash256>();
        var first = number >= LengthMax ? number - LengthMax + 1 : 0;
        for (var i = first; i <= number; i++)
        {
            // What the journal has forgotten can't be asked for: it keeps more than the window.
            hashes.Add(await journal.ReadHashAsync(i) ?? Hash256.Zero);
        }
        return new BlockHashWindow(number, hashes.ToImmutable());
    }
}

/// <summary>The window of the head that was asked for last, kept, and moved on as long as this silo has shown the blocks in between.</summary>
/// <remarks>Safe because the window is immutable and its reference is replaced whole; two callers may make it twice.</remarks>
public sealed class RecentBlockHashes(IJournal journal, SiloSnapshot snapshot)
{
    private volatile BlockHashWindow? _last;

    /// <summary>Forgets it: the journal may have other blocks now.</summary>
    public void Clear() => _last = null;

    /// <param name="block">A block that silos show, or one that follows such a block and isn't in the journal yet.</param>
    public async ValueTask<BlockHashWindow> UpToAsync(BlockHeader block)
    {
        if (_last is { } last && EndsWith(last, block))
        {
            return last;
        }
        var window = TryMoveOn(_last, block)
            ?? (block.Number == 0 ? await BlockHashWindow.ReadAsync(journal, 0) : (await BlockHashWindow.ReadAsync(journal, block.Number - 1)).Next(block.Hash));
        _last = window;
        return window;
    }

    private BlockHashWindow? TryMoveOn(BlockHashWindow? window, BlockHeader block)
    {
        while (window is not null && window.Number < block.Number)
        {
            var next = window.Number + 1 == block.Number ? block : snapshot.At(window.Number + 1)?.Header;
            window = next is not null && next.ParentHash == window.GetBlockHash(window.Number) ? window.Next(next.Hash) : null;
        }
        return window is not null && EndsWith(window, block) ? window : null;
    }

    private static bool EndsWith(BlockHashWindow window, BlockHeader block) => window.Number == block.Number && window.GetBlockHash(block.Number) == block.Hash;
}

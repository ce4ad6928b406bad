using Grid.Primitives;
using Grid.State;

namespace Grid.Storage;

/// <summary>What an account was before a block changed it.</summary>
/// <param name="Record">Null where there was none.</param>
public readonly record struct AccountBefore(AccountRecord? Record);

/// <summary>
/// Values before, by account and slot: what anything was after any block, for as long as history is kept, is what the first block after it that changed it
/// found. A journal that keeps history writes it in the same atomic step as the block. All members may be called from any thread.
/// </summary>
public interface IHistoryIndex
{
    /// <summary>The first block whose state can be told; null while no history is kept.</summary>
    ValueTask<ulong?> ReadStartAsync(CancellationToken cancellation = default);

    /// <summary>What an account was before the first block after this one that changed it; null where none has.</summary>
    /// <param name="number">Not below the start.</param>
    ValueTask<AccountBefore?> FindAccountAsync(Address address, ulong number, CancellationToken cancellation = default);

    /// <summary>What a slot was before the first block after this one that changed it; null where none has.</summary>
    /// <param name="number">Not below the start.</param>
    ValueTask<UInt256?> FindSlotAsync(Address address, UInt256 slot, ulong number, CancellationToken cancellation = default);
}

/// <summary>No history is kept.</summary>
public sealed class NoHistory : IHistoryIndex
{
    public static readonly NoHistory Instance = new();

    public ValueTask<ulong?> ReadStartAsync(CancellationToken cancellation = default) => ValueTask.FromResult<ulong?>(null);

    public ValueTask<AccountBefore?> FindAccountAsync(Address address, ulong number, CancellationToken cancellation = default) =>
        ValueTask.FromResult<AccountBefore?>(null);

    public ValueTask<UInt256?> FindSlotAsync(Address address, UInt256 slot, ulong number, CancellationToken cancellation = default) =>
        ValueTask.FromResult<UInt256?>(null);
}

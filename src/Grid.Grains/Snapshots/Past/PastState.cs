using Grid.Chain;
using Grid.Grains.Lanes;
using Grid.Grains.Messages;
using Grid.Primitives;
using Grid.State;

namespace Grid.Grains.Snapshots.Past;

/// <summary>
/// The state after any block that can be read, as an executor on a lane reads it: what isn't at hand is a miss, and is fetched between two runs. One
/// user at a time, who disposes it.
/// </summary>
/// <param name="codes">Finds code that isn't among the base's.</param>
public abstract class PastState(CodeFinder codes) : IStateReader, IDisposable
{
    private readonly Dictionary<Hash256, Bytecode> _codes = [];

    /// <summary>The block.</summary>
    public abstract BlockHeader Header { get; }

    public ulong Number => Header.Number;

    /// <summary>Whether tries can be made of this state, and not only its values be read.</summary>
    public abstract bool CanBeProved { get; }

    public abstract bool TryGetAccount(in Address address, out AccountRecord? record);

    public abstract bool TryGetStorage(in Address address, in UInt256 slot, out UInt256 value);

    public bool TryGetCode(in Address address, in Hash256 codeHash, out Bytecode? code) =>
        TryGetCodeHere(in address, in codeHash, out code) || _codes.TryGetValue(codeHash, out code);

    /// <summary>Makes what was missed be at hand.</summary>
    /// <exception cref="StateMovedException">The head moved on again and again while it was fetched: asking again is safe.</exception>
    public async Task FetchAsync(IReadOnlyCollection<StateMiss> misses)
    {
        await FetchValuesAsync(
            [.. misses.Where(miss => miss.Kind != MissKind.Storage).Select(miss => miss.Address).Distinct()],
            [.. misses.Where(miss => miss.Kind == MissKind.Storage).Select(miss => new SlotKey(miss.Address, miss.Slot)).Distinct()]);
        foreach (var miss in misses.Where(miss => miss.Kind == MissKind.Code))
        {
            await ReadCodeAsync(miss.Address, miss.CodeHash);
        }
    }

    /// <summary>The record of an account, fetched where it isn't at hand.</summary>
    public async ValueTask<AccountRecord?> ReadAccountAsync(Address address)
    {
        AccountRecord? record;
        while (!TryGetAccount(in address, out record))
        {
            await FetchValuesAsync([address], []);
        }
        return record;
    }

    /// <summary>The value of a slot, fetched where it isn't at hand.</summary>
    public async ValueTask<UInt256> ReadStorageAsync(Address address, UInt256 slot)
    {
        UInt256 value;
        while (!TryGetStorage(in address, in slot, out value))
        {
            await FetchValuesAsync([], [new SlotKey(address, slot)]);
        }
        return value;
    }

    /// <summary>The code of an account; null where it has none.</summary>
    public async ValueTask<Bytecode?> ReadCodeAsync(Address address)
    {
        return await ReadAccountAsync(address) is { HasCode: true } record ? await ReadCodeAsync(address, record.CodeHash) : null;
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }

    protected abstract bool TryGetCodeHere(in Address address, in Hash256 codeHash, out Bytecode? code);

    /// <summary>Fetches records, with the code that the accounts have where it comes with them, and slots.</summary>
    protected abstract Task FetchValuesAsync(Address[] accounts, SlotKey[] slots);

    /// <summary>The code with this hash, which the account has in this state.</summary>
    private async ValueTask<Bytecode?> ReadCodeAsync(Address address, Hash256 codeHash)
    {
        if (!TryGetCode(in address, in codeHash, out var code))
        {
            _codes[codeHash] = code = await codes.FindAsync(address, codeHash) ?? throw new StateMovedException(Number);
        }
        return code;
    }
}

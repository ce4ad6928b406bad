using Grid.Primitives;

namespace Grid.State.Overlay;

internal enum UndoKind : byte
{
    Balance,
    Nonce,
    Code,
    Flags,
    Created,
    StorageGeneration,
    Slot,
    SlotGeneration,
    Transient,
    WarmAccount,
    WarmSlot,
    Log,
}

/// <summary>What one change replaced.</summary>
internal struct UndoRecord
{
    public UndoKind Kind;

    /// <summary>The entry that was changed.</summary>
    public int Index;

    /// <summary>The old flags, transaction or generation.</summary>
    public int Number;

    /// <summary>The old balance, value, nonce or code hash.</summary>
    public UInt256 Value;

    /// <summary>The old code.</summary>
    public Bytecode? Code;
}

/// <summary>The changes of the transaction at hand, in order: a flat array that is taken back from its end.</summary>
internal sealed class Journal
{
    private UndoRecord[] _records = new UndoRecord[256];

    public int Count { get; private set; }

    /// <summary>Whether a transaction is at hand: what is changed outside of one would be lost.</summary>
    public bool IsOpen { get; set; }

    public void Clear() => Count = 0;

    public ref UndoRecord Add(UndoKind kind, int index)
    {
        if (!IsOpen)
        {
            throw new InvalidOperationException("State was changed outside of a transaction.");
        }
        if (Count == _records.Length)
        {
            Array.Resize(ref _records, Count * 2);
        }
        ref var record = ref _records[Count++];
        record.Kind = kind;
        record.Index = index;
        return ref record;
    }

    public ref readonly UndoRecord Pop() => ref _records[--Count];
}

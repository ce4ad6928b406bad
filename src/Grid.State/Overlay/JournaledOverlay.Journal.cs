using Grid.Primitives;
using Grid.State.Overlay;

namespace Grid.State;

public partial class JournaledOverlay
{
    public void AddLog(Log log)
    {
        _logs.Add(log);
        _journal.Add(UndoKind.Log, 0);
    }

    /// <summary>A point to return to.</summary>
    public int Snapshot() => _journal.Count;

    /// <summary>Undoes all that happened since the snapshot. Accesses stay accesses.</summary>
    public void Revert(int snapshot)
    {
        while (_journal.Count > snapshot)
        {
            Undo(in _journal.Pop());
        }
    }

    private void Undo(in UndoRecord undo)
    {
        switch (undo.Kind)
        {
            case UndoKind.Slot:
                _slots.Entries[undo.Index].Value = undo.Value;
                break;
            case UndoKind.SlotGeneration:
                _slots.Entries[undo.Index].Value = undo.Value;
                _slots.Entries[undo.Index].Generation = undo.Number;
                break;
            case UndoKind.WarmSlot:
                _slots.Entries[undo.Index].WarmTransaction = 0;
                break;
            case UndoKind.Transient:
                _transients.Entries[undo.Index].Value = undo.Value;
                break;
            case UndoKind.Log:
                _logs.RemoveAt(_logs.Count - 1);
                break;
            default:
                UndoAccount(in undo, ref _accounts.Entries[undo.Index]);
                break;
        }
    }

    private static void UndoAccount(in UndoRecord undo, ref AccountEntry account)
    {
        switch (undo.Kind)
        {
            case UndoKind.Balance:
                account.Balance = undo.Value;
                break;
            case UndoKind.Nonce:
                account.Nonce = undo.Value.U0;
                break;
            case UndoKind.Code:
                account.Code = undo.Code;
                account.CodeHash = Hash256.FromWord(in undo.Value);
                break;
            case UndoKind.Flags:
                account.Flags = (AccountFlags)undo.Number | (account.Flags & AccountFlags.TouchedForGood);
                break;
            case UndoKind.Created:
                account.CreatedTransaction = undo.Number;
                break;
            case UndoKind.StorageGeneration:
                account.StorageGeneration = undo.Number;
                break;
            case UndoKind.WarmAccount:
                account.WarmTransaction = 0;
                break;
            default:
                throw new InvalidOperationException($"The journal holds no such change of an account: {undo.Kind}.");
        }
    }
}

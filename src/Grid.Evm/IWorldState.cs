using Grid.Primitives;

namespace Grid.Evm;

/// <summary>
/// The accounts as one transaction sees them, while it runs. Writes are journaled: <see cref="Snapshot"/> and
/// <see cref="Revert"/> restore balances, nonces, code, storage, transient storage, warmth, logs, creations and destructions
/// exactly.
/// <para>
/// State that isn't at hand (it is on another silo, or on disk) is an answer, not an exception: a method whose name starts
/// with Try returns false, remembers what was missing, and the interpreter stops the transaction with
/// <c>Halt.StateMiss</c>. The caller fetches what was missing and runs the transaction again. A read counts as an access
/// (EIP-7928) when the Try method is called, so the interpreter charges gas first.
/// </para>
/// </summary>
public interface IWorldState
{
    /// <summary>Makes the account warm (EIP-2929); returns whether it was warm before. No state is read.</summary>
    bool WarmAccount(in Address address);

    /// <summary>Makes the slot warm (EIP-2929); returns whether it was warm before. No state is read.</summary>
    bool WarmSlot(in Address address, in UInt256 slot);

    /// <summary>Whether the account is warm, without making it so.</summary>
    bool IsWarmAccount(in Address address);

    bool TryGetBalance(in Address address, out UInt256 balance);

    /// <summary>Whether the balance is at least this amount of wei: reads less than the balance does.</summary>
    bool TryCovers(in Address address, in UInt256 amount, out bool covers);

    bool TryGetNonce(in Address address, out ulong nonce);

    /// <summary>The code; null for none. A delegation designator (EIP-7702) is returned as it stands.</summary>
    bool TryGetCode(in Address address, out Bytecode? code);

    /// <summary>Keccak-256 of the code; the hash of no bytes for an account without code; zero where there is no account.</summary>
    bool TryGetCodeHash(in Address address, out Hash256 codeHash);

    /// <summary>Whether the account is in the state at all, empty or not (before EIP-161 both exist).</summary>
    bool TryExists(in Address address, out bool exists);

    /// <summary>Whether nonce and balance are zero and there is no code (EIP-161), also where there is no account.</summary>
    bool TryIsEmpty(in Address address, out bool empty);

    /// <summary>Whether the account has any storage that is not zero (EIP-7610's collision rule).</summary>
    bool TryHasStorage(in Address address, out bool hasStorage);

    /// <summary>The current value of the slot: zero where it was never set.</summary>
    bool TryGetStorage(in Address address, in UInt256 slot, out UInt256 value);

    /// <summary>The value of the slot when the transaction began (EIP-2200).</summary>
    bool TryGetOriginalStorage(in Address address, in UInt256 slot, out UInt256 value);

    /// <summary>Sets a slot. The slot must have been read in this transaction before.</summary>
    void SetStorage(in Address address, in UInt256 slot, in UInt256 value);

    /// <summary>EIP-1153.</summary>
    UInt256 GetTransient(in Address address, in UInt256 slot);

    /// <summary>EIP-1153.</summary>
    void SetTransient(in Address address, in UInt256 slot, in UInt256 value);

    /// <summary>
    /// Moves value from one account to another; the caller has checked the balance. Also with value zero both accounts count as
    /// touched (EIP-161), and from == to changes nothing. False when an account isn't at hand.
    /// </summary>
    bool TryTransfer(in Address from, in Address to, in UInt256 value);

    /// <summary>Adds one to the nonce; the caller has checked that it isn't 2^64-1.</summary>
    bool TryIncrementNonce(in Address address);

    /// <summary>
    /// Makes the account a new contract: its balance stays, its code is empty, its storage cleared, and it counts as created
    /// in this transaction (EIP-6780). The nonce becomes <paramref name="nonce"/> (1 from EIP-161 on, 0 before).
    /// </summary>
    bool TryCreateContract(in Address address, ulong nonce);

    /// <summary>Whether the account became a contract in this transaction (EIP-6780).</summary>
    bool IsCreatedInTransaction(in Address address);

    void SetCode(in Address address, Bytecode code);

    /// <summary>
    /// Marks the account for destruction at the end of the transaction and sets its balance to zero. What happens to the
    /// balance and whether destruction is allowed (EIP-6780) is the interpreter's business, before the call.
    /// </summary>
    bool TrySelfDestruct(in Address address);

    /// <summary>Whether the account is marked for destruction in this transaction.</summary>
    bool IsSelfDestructed(in Address address);

    /// <summary>Marks the account as touched (EIP-161): it is deleted at the end of the transaction if it is empty then.</summary>
    bool TryTouch(in Address address);

    void AddLog(Log log);

    /// <summary>A point to return to.</summary>
    int Snapshot();

    /// <summary>Undoes all that happened since the snapshot.</summary>
    void Revert(int snapshot);
}

using Grid.Crypto;
using Grid.Primitives;
using Grid.State;

namespace Grid.Execution.Waves;

/// <summary>When a transaction that was executed on another state would do the same here, and what it leaves here then.</summary>
internal static class TouchRules
{
    /// <summary>Whether everything that the transaction read of the account is as it saw it.</summary>
    public static bool Holds(in AccountState now, in AccountTouch touch)
    {
        var reads = touch.Reads;
        // Who sets a nonce or code without looking at it is not expected; if there is one, it conflicts with any other.
        reads |= touch.Writes & (AccountFields.Nonce | AccountFields.Code);
        return ((reads & AccountFields.Balance) == 0 || now.Balance == touch.BalanceBefore)
            && ((reads & AccountFields.Nonce) == 0 || now.Nonce == touch.NonceBefore)
            && ((reads & AccountFields.Code) == 0 || now.CodeHash == touch.CodeHashBefore)
            && ((reads & AccountFields.Existence) == 0 || (now.Exists == touch.ExistsBefore && now.IsEmpty == WasEmpty(in touch)))
            && ((reads & AccountFields.Storage) == 0 || now.HasStorage == touch.HadStorage)
            && ((reads & AccountFields.Funds) == 0 || now.Balance >= touch.RequiredBalance)
            && (touch.BalanceAfter >= touch.BalanceBefore || now.Balance >= touch.BalanceBefore - touch.BalanceAfter);
    }

    /// <summary>The account after the transaction.</summary>
    /// <param name="codes">The log's.</param>
    public static AccountState After(in AccountState now, in AccountTouch touch, IReadOnlyList<Bytecode?> codes)
    {
        if (touch.Writes == AccountFields.None)
        {
            return touch.StorageCleared ? now with { HasStorage = false } : now;
        }
        var codeHash = now.CodeHash;
        if ((touch.Writes & AccountFields.Code) != 0)
        {
            codeHash = codes[touch.Code]?.Hash ?? Keccak256.OfEmpty;
        }
        return new AccountState(
            touch.ExistsAfter,
            (touch.Writes & AccountFields.Nonce) != 0 ? touch.NonceAfter : now.Nonce,
            now.Balance + touch.BalanceDelta,
            codeHash,
            now.HasStorage && !touch.StorageCleared);
    }

    private static bool WasEmpty(in AccountTouch touch) =>
        touch.NonceBefore == 0 && touch.BalanceBefore.IsZero && touch.CodeHashBefore == Keccak256.OfEmpty;
}

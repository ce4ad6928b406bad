using Grid.Chain;
using Grid.Primitives;
using Grid.State;

namespace Grid.Execution;

/// <summary>
/// Has the state bring the senders and recipients of the next transactions into the processor's cache, so many at a time that they are still
/// there when they are used. One thread.
/// </summary>
internal sealed class AccountWarmer
{
    private const int Ahead = 64;

    private readonly Address[] _addresses = new Address[2 * Ahead];
    private int _warmUntil;

    /// <summary>Called before each transaction.</summary>
    /// <param name="next">The number of the next transaction.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="transactionAt">Gives a transaction by its number.</param>
    public void Warm(IStateReader reader, int next, int count, Func<int, Transaction> transactionAt)
    {
        if (next < _warmUntil || reader is not IWarmableState state)
        {
            return;
        }
        _warmUntil = Math.Min(count, next + Ahead);
        var found = 0;
        for (var i = next; i < _warmUntil; i++)
        {
            var transaction = transactionAt(i);
            if (transaction.TryGetSender(out var sender))
            {
                _addresses[found++] = sender;
            }
            if (transaction.To is { } to)
            {
                _addresses[found++] = to;
            }
        }
        state.Warm(_addresses.AsSpan(0, found));
    }
}

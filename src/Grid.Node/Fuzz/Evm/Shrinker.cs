using Grid.Chain;
using Grid.Primitives;

namespace Grid.Node.Fuzz.Evm;

/// <summary>
/// Makes a case smaller while it still fails: fewer transactions, accounts and steps, smaller values. Greedy, in rounds, within a number of
/// tries (after Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002: chunks first, then single items).
/// </summary>
/// <param name="fails">Whether a case fails as the first one did.</param>
/// <param name="triesMax">How often that is asked.</param>
internal sealed class Shrinker(Func<FuzzCase, bool> fails, int triesMax)
{
    private FuzzCase _best = null!;

    /// <summary>How often a case was tried.</summary>
    public int Tries { get; private set; }

    public FuzzCase Shrink(FuzzCase start)
    {
        _best = start;
        for (var improved = true; improved && Tries < triesMax;)
        {
            var before = _best;
            DropTransactions();
            Drop(c => c.Accounts, (c, accounts) => c with { Accounts = accounts });
            Drop(c => c.Block.Withdrawals, (c, withdrawals) => c with { Block = c.Block with { Withdrawals = withdrawals } });
            for (var i = 0; i < _best.Transactions.Length; i++)
            {
                ShrinkTransaction(i);
            }
            for (var i = 0; i < _best.Accounts.Length; i++)
            {
                ShrinkAccount(i);
            }
            ShrinkBlock();
            improved = !ReferenceEquals(before, _best);
        }
        return _best;
    }

    private bool Try(FuzzCase candidate)
    {
        if (Tries >= triesMax)
        {
            return false;
        }
        Tries++;
        if (!fails(candidate))
        {
            return false;
        }
        _best = candidate;
        return true;
    }

    /// <summary>From the last to the first; where a later one of the same sender needs it, that one's nonce goes down instead.</summary>
    private void DropTransactions()
    {
        for (var i = _best.Transactions.Length - 1; i >= 0 && _best.Transactions.Length > 1; i--)
        {
            var gone = _best.Transactions[i];
            var rest = _best.Transactions.Where((_, place) => place != i).ToArray();
            var renumbered = rest.Select((transaction, place) =>
                place >= i && transaction.Signer == gone.Signer && transaction.Nonce > 0 ? transaction with { Nonce = transaction.Nonce - 1 }
                    : transaction).ToArray();
            if (!Try(_best with { Transactions = renumbered }))
            {
                Try(_best with { Transactions = rest });
            }
        }
    }

    private void ShrinkTransaction(int index)
    {
        void Change(Func<FuzzTransaction, FuzzTransaction> change)
        {
            var candidate = change(_best.Transactions[index]);
            if (candidate != _best.Transactions[index])
            {
                Try(_best with { Transactions = Replace(_best.Transactions, index, candidate) });
            }
        }

        T Own<T>(FuzzCase from, Func<FuzzTransaction, T> get) => get(from.Transactions[index]);
        FuzzCase With(FuzzCase to, Func<FuzzTransaction, FuzzTransaction> set) =>
            to with { Transactions = Replace(to.Transactions, index, set(to.Transactions[index])) };

        Drop(c => Own(c, t => t.AccessList), (c, list) => With(c, t => t with { AccessList = list }));
        Drop(c => Own(c, t => t.Authorizations), (c, list) => With(c, t => t with { Authorizations = list }));
        Change(t => t.Value.IsZero ? t : t with { Value = UInt256.Zero });
        Change(t => t.Type == TransactionType.Legacy ? t : t with { Type = TransactionType.Legacy });
        Change(t => t.GasLimit <= 1_000_000 ? t : t with { GasLimit = 1_000_000 });
        Change(t => t.PriorityFee.IsZero ? t : t with { PriorityFee = UInt256.Zero });
        ShrinkProgram(c => Own(c, t => t.Data), (c, data) => With(c, t => t with { Data = data }));
    }

    private void ShrinkAccount(int index)
    {
        T Own<T>(FuzzCase from, Func<FuzzAccount, T> get) => get(from.Accounts[index]);
        FuzzCase With(FuzzCase to, Func<FuzzAccount, FuzzAccount> set) => to with { Accounts = Replace(to.Accounts, index, set(to.Accounts[index])) };

        if (Own(_best, a => a.Code) is not null && !Try(With(_best, a => a with { Code = null })))
        {
            ShrinkProgram(c => Own(c, a => a.Code)!, (c, code) => With(c, a => a with { Code = code }));
        }
        Drop(c => Own(c, a => a.Storage), (c, storage) => With(c, a => a with { Storage = storage }));
        if (!Own(_best, a => a.Balance).IsZero && !Try(With(_best, a => a with { Balance = UInt256.Zero })))
        {
            var plain = UInt256.One << 100;
            _ = Own(_best, a => a.Balance) <= plain || Try(With(_best, a => a with { Balance = plain }));
        }
    }

    private void ShrinkBlock()
    {
        var block = _best.Block;
        foreach (var simpler in (FuzzBlock[])
        [
            block with { Number = 1 }, block with { Timestamp = 1_000 }, block with { PrevRandao = default }, block with { Difficulty = 0x20000 },
            block with { ExcessBlobGas = 0 }, block with { BaseFee = 7 },
        ])
        {
            if (simpler != block && Try(_best with { Block = simpler }))
            {
                ShrinkBlock();
                return;
            }
        }
    }

    /// <summary>Steps and parts are dropped, then what is left is made simpler.</summary>
    private void ShrinkProgram(Func<FuzzCase, FuzzProgram> get, Func<FuzzCase, FuzzProgram, FuzzCase> set)
    {
        Drop(c => get(c).Steps, (c, steps) => set(c, get(c) with { Steps = steps }));
        for (var i = 0; i < get(_best).Steps.Length; i++)
        {
            var (step, at) = (get(_best).Steps[i], i);
            if (step.Kind == StepKind.Raw)
            {
                Drop(c => get(c).Steps[at].Bytes!, (c, bytes) => set(c, get(c) with { Steps = Replace(get(c).Steps, at, FuzzStep.Raw(bytes)) }));
                continue;
            }
            foreach (var simpler in Simpler(step))
            {
                if (Try(set(_best, get(_best) with { Steps = Replace(get(_best).Steps, i, simpler) })))
                {
                    break;
                }
            }
        }
        // Parts are named by their number, so they are emptied, not dropped.
        for (var i = 0; i < get(_best).Parts.Length; i++)
        {
            var place = i;
            FuzzCase With(FuzzCase to, FuzzProgram part) => set(to, get(to) with { Parts = Replace(get(to).Parts, place, part) });
            if (get(_best).Parts[i] != FuzzProgram.Empty && !Try(With(_best, FuzzProgram.Empty)))
            {
                ShrinkProgram(c => get(c).Parts[place], With);
            }
        }
    }

    private static IEnumerable<FuzzStep> Simpler(FuzzStep step) => step.Kind switch
    {
        StepKind.Push => ((UInt256[])[UInt256.Zero, UInt256.One, step.Value >> 128, step.Value >> 8])
            .Where(value => value < step.Value).Select(value => FuzzStep.Push(value)),
        _ => [],
    };

    /// <summary>Items that it still fails without go: halves, quarters, and so on to single ones.</summary>
    private void Drop<T>(Func<FuzzCase, T[]> get, Func<FuzzCase, T[], FuzzCase> set)
    {
        for (var chunk = get(_best).Length; chunk > 0; chunk /= 2)
        {
            for (var start = 0; start < get(_best).Length;)
            {
                var items = get(_best);
                var end = Math.Min(start + chunk, items.Length);
                if (!Try(set(_best, [.. items[..start], .. items[end..]])))
                {
                    start += chunk;
                }
            }
        }
    }

    private static T[] Replace<T>(T[] items, int index, T item)
    {
        T[] copy = [.. items];
        copy[index] = item;
        return copy;
    }
}

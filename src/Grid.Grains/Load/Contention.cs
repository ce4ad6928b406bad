using System.Buffers.Binary;
using Grid.Chain;
using Grid.Crypto;
using Grid.Execution;
using Grid.Primitives;

namespace Grid.Grains.Load;

/// <summary>
/// Which places the last blocks' transactions waited for each other at, from what they did: the access lists say who changed what. Blocks that are executed as one
/// strand because they are small aren't looked at.
/// </summary>
/// <remarks>Safe because one lock guards the window of blocks; a block is looked through before it is taken.</remarks>
public sealed class Contention(GridOptions options)
{
    /// <summary>Blocks of the window, and places that are kept of each.</summary>
    private const int BlocksKept = 64, PlacesPerBlock = 8;

    /// <summary>Of a block's transactions so many must change a place before it is kept: one in this many, and two at least.</summary>
    private const int WriterShare = 50;

    /// <summary>Calls that are looked at to say which is the most frequent.</summary>
    private const int CallsLookedAt = 256;

    /// <summary>From this part of the blocks' gas on something should be done: with a tenth in one strand no more than ten lanes are of use.</summary>
    private const double AdvisedShare = 0.1;

    private readonly Lock _lock = new();
    private readonly Queue<(long Gas, ContendedPlace[] Places)> _blocks = [];

    /// <summary>Adds a block.</summary>
    public void Add(BlockExecution execution)
    {
        if (execution.GasUsed < options.Execution.SmallBlockGas)
        {
            return;
        }
        var places = PlacesOf(execution);
        lock (_lock)
        {
            if (_blocks.Count == BlocksKept)
            {
                _blocks.Dequeue();
            }
            _blocks.Enqueue(((long)execution.GasUsed, places));
        }
    }

    /// <summary>The places at which most gas waited, the worst first.</summary>
    public ContendedPlaceReport[] Top(int count)
    {
        (long Gas, ContendedPlace[] Places)[] blocks;
        lock (_lock)
        {
            blocks = [.. _blocks];
        }
        var gas = Math.Max(1, blocks.Sum(block => block.Gas));
        return [.. blocks
            .SelectMany(block => block.Places)
            .GroupBy(place => (place.Account, place.Slot))
            // The last block's word stands for who calls.
            .Select(group => group.Last() with
            {
                Blocks = group.Count(), Transactions = group.Sum(place => place.Transactions), Gas = group.Sum(place => place.Gas),
            })
            .OrderByDescending(place => place.Gas)
            .Take(count)
            .Select(place => new ContendedPlaceReport(place, (double)place.Gas / gas, AdviceFor(place, (double)place.Gas / gas)))];
    }

    private static ContentionAdvice AdviceFor(ContendedPlace place, double share) =>
        share < AdvisedShare ? ContentionAdvice.None
        : place.Slot is not null ? ContentionAdvice.SplitSlot
        : place.IsContract ? ContentionAdvice.SeveralCreators
        : ContentionAdvice.SeveralSenders;

    private static ContendedPlace[] PlacesOf(BlockExecution execution)
    {
        var list = execution.AccessList;
        var least = Math.Max(2, execution.Transactions.Length / WriterShare);
        // The fewest writers first, so that they make room.
        var most = new PriorityQueue<(int Account, int Slot), int>();
        for (var i = 0; i < list.Accounts.Length; i++)
        {
            ref readonly var account = ref list.Accounts[i];
            Offer(i, -1, list.NonceChanges(in account).Length);
            var slots = list.Slots(in account);
            for (var slot = 0; slot < slots.Length; slot++)
            {
                Offer(i, slot, list.Changes(in slots[slot]).Length);
            }
        }
        return [.. most.UnorderedItems.Select(item => Describe(execution, item.Element.Account, item.Element.Slot)).Where(place => place.Transactions > 1)];

        void Offer(int account, int slot, int writers)
        {
            if (writers < least)
            {
                return;
            }
            most.Enqueue((account, slot), writers);
            if (most.Count > PlacesPerBlock)
            {
                most.Dequeue();
            }
        }
    }

    private static ContendedPlace Describe(BlockExecution execution, int accountPlace, int slotPlace)
    {
        var list = execution.AccessList;
        ref readonly var account = ref list.Accounts[accountPlace];
        UInt256? key = null;
        uint[] indexes;
        if (slotPlace < 0)
        {
            indexes = Array.ConvertAll(list.NonceChanges(in account).ToArray(), change => change.Index);
        }
        else
        {
            ref readonly var slot = ref list.Slots(in account)[slotPlace];
            (key, indexes) = (slot.Key, Array.ConvertAll(list.Changes(in slot).ToArray(), change => change.Index));
        }
        // Index 0 and the one after the last transaction are the block's own steps.
        int[] writers = [.. indexes.Where(index => index > 0 && index <= execution.Transactions.Length).Select(index => (int)index - 1)];
        var call = writers.Take(CallsLookedAt).Select(writer => CallOf(execution.Transactions[writer])).CountBy(x => x).OrderByDescending(x => x.Value).FirstOrDefault().Key;
        return new ContendedPlace(
            account.Address, key, account.ExistedBefore && account.CodeHashBefore != Keccak256.OfEmpty, 1, writers.Length,
            writers.Sum(writer => (long)execution.Receipts[writer].GasUsed), call.Called, call.Selector);
    }

    private static (Address? Called, uint? Selector) CallOf(Transaction transaction) =>
        (transaction.To, transaction.To is not null && transaction.Data.Length >= sizeof(uint) ? BinaryPrimitives.ReadUInt32BigEndian(transaction.Data.Span) : null);
}

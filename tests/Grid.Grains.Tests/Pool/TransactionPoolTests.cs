using Grid.Chain;
using Grid.Grains.Pool;
using Grid.Primitives;
using Grid.Primitives.Rlp;

namespace Grid.Grains.Tests.Pool;

public sealed class TransactionPoolTests
{
    private const ulong Gwei = 1_000_000_000;

    private static readonly OfferRequest Everything = new(Gwei, 1, 100_000_000, 1_000);

    [Fact]
    public void A_senders_transactions_are_offered_in_nonce_order_up_to_the_first_gap()
    {
        var pool = new TransactionPool(new PoolOptions());
        var sent = new ulong[] { 3, 1, 0, 5, 2 }.Select(nonce => Of(1, nonce)).ToList();
        Assert.All(sent, transaction => Assert.Equal(PoolRefusal.None, Admit(pool, transaction)));
        Assert.Equal([0UL, 1, 2, 3], pool.Offer(Everything).Select(x => x.Nonce));
        Assert.Equal(4UL, pool.NextNonce(sent[0].Sender));
        var description = pool.Describe();
        Assert.Equal((4, 1), (description.Pending, description.Queued));
    }

    [Fact]
    public void The_better_paying_sender_goes_first_and_nonces_stay_in_order()
    {
        var pool = new TransactionPool(new PoolOptions());
        foreach (var transaction in new[] { Of(1, 0, tip: 1), Of(1, 1, tip: 9), Of(2, 0, tip: 5), Of(3, 0, tip: 2) })
        {
            Admit(pool, transaction);
        }
        Assert.Equal([5UL, 2, 1, 9], pool.Offer(Everything).Select(x => (ulong)x.MaxPriorityFeePerGas / Gwei));
    }

    [Fact]
    public void An_offer_keeps_to_the_gas_limit_the_count_and_the_base_fee()
    {
        var pool = new TransactionPool(new PoolOptions());
        for (ulong nonce = 0; nonce < 5; nonce++)
        {
            Admit(pool, Of(1, nonce));
        }
        Assert.Equal(2, pool.Offer(Everything with { GasLimit = 50_000 }).Length);
        Assert.Equal(3, pool.Offer(Everything with { CountMax = 3 }).Length);
        Assert.Empty(pool.Offer(Everything with { BaseFeePerGas = 1_000 * Gwei }));
    }

    [Fact]
    public void What_is_restored_is_offered_as_it_was_and_what_has_no_place_is_told()
    {
        var pool = new TransactionPool(new PoolOptions());
        var (used, old, replacement, second) = (Of(1, 4), Of(1, 5, tip: 1), Of(1, 5, tip: 2), Of(1, 6));
        var state = Rich(used) with { Nonce = 5 };
        Assert.Equal(used.Hash, pool.Restore(used, state, 9, 1));
        Assert.Null(pool.Restore(old, state, 9, 2));
        Assert.Equal(old.Hash, pool.Restore(replacement, state, 9, 3));
        Assert.Null(pool.Restore(second, state, 9, 4));
        Assert.Equal([replacement.Hash, second.Hash], pool.Offer(Everything).Select(x => x.Hash));
        Assert.Equal(2, pool.Count);
        Assert.False(pool.Contains(old.Hash));
    }

    /// <summary>
    /// History 6043: one activation had one, the other one the other, each found the other's in the table, put it in its own's place and took its own out. Both were lost.
    /// </summary>
    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    [InlineData(1, 1)]
    public void Of_two_with_one_nonce_all_activations_of_a_pool_keep_the_same(ulong firstTip, ulong secondTip)
    {
        var (first, second) = (Of(1, 0, firstTip), Of(1, 0, secondTip, to: 8));
        var (one, other) = (new TransactionPool(new PoolOptions()), new TransactionPool(new PoolOptions()));
        Admit(one, first);
        Admit(other, second);
        var goneInOne = one.Restore(second, Rich(second), 1, 2);
        var goneInOther = other.Restore(first, Rich(first), 1, 1);
        Assert.NotNull(goneInOne);
        Assert.Equal(goneInOne, goneInOther);
        Assert.Equal(one.Offer(Everything).Select(x => x.Hash), other.Offer(Everything).Select(x => x.Hash));
        Assert.Single(one.Offer(Everything));
    }

    [Theory]
    [InlineData(TransactionType.DynamicFee, 109, PoolRefusal.ReplacementUnderpriced)]
    [InlineData(TransactionType.DynamicFee, 110, PoolRefusal.None)]
    [InlineData(TransactionType.Blob, 199, PoolRefusal.ReplacementUnderpriced)]
    [InlineData(TransactionType.Blob, 200, PoolRefusal.None)]
    public void A_replacement_must_pay_enough_more(TransactionType type, ulong price, PoolRefusal expected)
    {
        var pool = new TransactionPool(new PoolOptions());
        var first = Priced(type, 100);
        var second = Priced(type, price);
        Assert.Equal(PoolRefusal.None, Admit(pool, first));
        Assert.Equal(expected, Admit(pool, second));
        var kept = expected == PoolRefusal.None ? second : first;
        Assert.Equal([kept.Hash], pool.Offer(Everything).Select(x => x.Hash));
        Assert.Equal(expected == PoolRefusal.None, pool.Find(first.Hash) is null);
    }

    [Fact]
    public void Limits_refuse_and_keep_what_was_admitted()
    {
        var pool = new TransactionPool(new PoolOptions { LimitPerPool = 3, LimitPerSender = 2 });
        Assert.Equal(PoolRefusal.None, Admit(pool, Of(1, 0)));
        Assert.Equal(PoolRefusal.None, Admit(pool, Of(1, 1)));
        Assert.Equal(PoolRefusal.NonceTooFarAhead, Admit(pool, Of(1, 2)));
        Assert.Equal(PoolRefusal.None, Admit(pool, Of(2, 0)));
        Assert.Equal(PoolRefusal.PoolFull, Admit(pool, Of(3, 0, tip: 100)));
        Assert.Equal(3, pool.Count);
        Assert.Equal(1, pool.Describe().Rejected[nameof(PoolRefusal.PoolFull)]);
    }

    [Fact]
    public void What_the_sender_can_not_pay_together_is_refused()
    {
        var pool = new TransactionPool(new PoolOptions());
        var cost = (UInt256)21_000 * (100 * Gwei);
        var state = new SenderState(Of(1, 0).Sender, 0, cost + cost);
        Assert.Equal(PoolRefusal.None, pool.Admit(Of(1, 0), state, 1, 0, out _).Refusal);
        Assert.Equal(PoolRefusal.None, pool.Admit(Of(1, 1), state, 1, 0, out _).Refusal);
        var (refusal, error) = pool.Admit(Of(1, 2), state, 1, 0, out _);
        Assert.Equal((PoolRefusal.Invalid, TransactionErrorCode.InsufficientFunds), (refusal, error.Code));
        Assert.Equal((cost + cost, cost + cost + cost), (error.Have, error.Want));
    }

    [Fact]
    public void A_used_nonce_is_refused_with_both_nonces()
    {
        var pool = new TransactionPool(new PoolOptions());
        var (refusal, error) = pool.Admit(Of(1, 3), new SenderState(Of(1, 3).Sender, 7, UInt256.MaxValue), 1, 0, out _);
        Assert.Equal((PoolRefusal.Invalid, TransactionErrorCode.NonceTooLow, (UInt256)3, (UInt256)7), (refusal, error.Code, error.Have, error.Want));
    }

    [Fact]
    public void A_block_takes_its_transactions_out_and_a_late_notice_changes_nothing()
    {
        var pool = new TransactionPool(new PoolOptions());
        var sent = Enumerable.Range(0, 4).Select(nonce => Of(1, (ulong)nonce)).ToList();
        sent.ForEach(transaction => Admit(pool, transaction));
        var sender = sent[0].Sender;
        var gone = pool.Included(5, Changes(sender, nonce: 2));
        Assert.Equal(sent.Take(2).Select(x => x.Hash), gone);
        Assert.Empty(pool.Included(4, Changes(sender, nonce: 4)));
        Assert.Equal([2UL, 3], pool.Offer(Everything).Select(x => x.Nonce));
    }

    [Fact]
    public void A_postponed_sender_waits_until_its_account_changes()
    {
        var pool = new TransactionPool(new PoolOptions());
        var transaction = Of(1, 0);
        Admit(pool, transaction);
        pool.Postpone([transaction.Hash]);
        Assert.Empty(pool.Offer(Everything));
        pool.Included(9, Changes(transaction.Sender, nonce: 0));
        Assert.Single(pool.Offer(Everything));
    }

    [Fact]
    public void A_sender_that_was_postponed_late_is_offered_once_more()
    {
        var pool = new TransactionPool(new PoolOptions());
        var transaction = Of(1, 0);
        Admit(pool, transaction);
        pool.Postpone([transaction.Hash]);
        pool.TryAgain([transaction.Sender]);
        Assert.Single(pool.Offer(Everything));
    }

    [Fact]
    public void What_waited_too_long_expires()
    {
        var pool = new TransactionPool(new PoolOptions());
        var old = Of(1, 0);
        pool.Admit(old, Rich(old), 1, nowUnixMs: 1_000, out _);
        var young = Of(2, 0);
        pool.Admit(young, Rich(young), 1, nowUnixMs: 2_000, out _);
        Assert.Equal([old.Hash], pool.Expire(beforeUnixMs: 1_500));
        Assert.Null(pool.Find(old.Hash));
        Assert.NotNull(pool.Find(young.Hash));
    }

    private static Transaction Priced(TransactionType type, ulong price) => With(new Transaction
    {
        Type = type,
        ChainId = 1,
        GasLimit = 21_000,
        MaxFeePerGas = price * Gwei,
        MaxPriorityFeePerGas = price * Gwei,
        MaxFeePerBlobGas = type == TransactionType.Blob ? price * Gwei : 0,
        To = Address.FromNumber(9),
        BlobVersionedHashes = type == TransactionType.Blob ? [Hash256.FromWord(UInt256.One << 248)] : [],
    }, 1);

    private static Transaction Of(ulong sender, ulong nonce, ulong tip = 1, ulong to = 9) => With(new Transaction
    {
        Type = TransactionType.DynamicFee,
        ChainId = 1,
        Nonce = nonce,
        GasLimit = 21_000,
        MaxFeePerGas = 100 * Gwei,
        MaxPriorityFeePerGas = tip * Gwei,
        To = Address.FromNumber(to),
        R = sender,
    }, sender);

    private static Transaction With(Transaction transaction, ulong sender)
    {
        transaction.SetSender(Address.FromNumber(sender));
        return transaction;
    }

    /// <summary>An access list, in EIP-7928's form, of one account with this nonce and all the ether there can be.</summary>
    private static BlockAccessList Changes(Address address, ulong nonce)
    {
        var writer = new RlpWriter();
        var accounts = writer.BeginList();
        var account = writer.BeginList();
        writer.WriteAddress(in address);
        writer.WriteEmptyList();
        writer.WriteEmptyList();
        var balances = writer.BeginList();
        var balance = writer.BeginList();
        writer.WriteUInt64(1);
        writer.WriteUInt256(UInt256.MaxValue);
        writer.EndList(balance);
        writer.EndList(balances);
        var nonces = writer.BeginList();
        var change = writer.BeginList();
        writer.WriteUInt64(1);
        writer.WriteUInt64(nonce);
        writer.EndList(change);
        writer.EndList(nonces);
        writer.WriteEmptyList();
        writer.EndList(account);
        writer.EndList(accounts);
        return BlockAccessList.DecodeRlp(writer.Written);
    }

    private static SenderState Rich(Transaction transaction) => new(transaction.Sender, 0, UInt256.MaxValue);

    private static PoolRefusal Admit(TransactionPool pool, Transaction transaction) => pool.Admit(transaction, Rich(transaction), 1, 0, out _).Refusal;
}

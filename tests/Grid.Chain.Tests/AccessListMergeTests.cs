using CsCheck;
using Grid.Primitives;

namespace Grid.Chain.Tests;

public class AccessListMergeTests
{
    private const int Parts = 3;

    /// <summary>Addresses alone, with neighbours and with the same first bytes, and one beyond all others' first bytes.</summary>
    private static readonly Address[] s_addresses =
        [.. Enumerable.Range(0, 40).Select(i => Address.FromWord((UInt256)(ulong)i << (i % 3 * 70))), Address.FromWord(UInt256.MaxValue)];

    [Fact]
    public void Ranges_give_what_one_pass_gives() => Gen.Select(Gen.Int[1, 41], Gen.Int).Sample((count, seed) =>
    {
        var random = new Random(seed);
        var parts = Enumerable.Range(0, Parts).Select(part => PartOf(part, count, random)).ToArray();
        var whole = AccessListMerge.TryMerge(parts, () => new Answers(_ => true), parallelism: 1)!;
        Assert.Equal(parts.SelectMany(part => part.Accounts.ToArray()).Select(account => account.Address).Distinct().Order(), whole.Accounts.ToArray().Select(account => account.Address));
        Assert.Equal(whole.Encode(), AccessListMerge.TryMerge(parts, () => new Answers(_ => true), parallelism: 3, worthAThread: 1)!.Encode());
        // What was taken over from one part, and what was put together of several.
        foreach (ref readonly var account in whole.Accounts)
        {
            var address = account.Address;
            var holders = parts.Where(part => part.IndexOf(in address) >= 0).ToArray();
            var changes = holders.SelectMany(part => part.NonceChanges(in part.Accounts[part.IndexOf(in address)]).ToArray());
            Assert.Equal(changes.OrderBy(change => change.Index), whole.NonceChanges(in account).ToArray());
            var slots = holders.SelectMany(part => part.Slots(in part.Accounts[part.IndexOf(in address)]).ToArray().Select(slot => (slot.Key, Changes: part.Changes(in slot).ToArray())));
            Assert.Equal(
                slots.GroupBy(slot => slot.Key).OrderBy(slot => slot.Key).SelectMany(slot => slot.SelectMany(x => x.Changes).OrderBy(change => change.Index)),
                whole.Slots(in account).ToArray().SelectMany(slot => whole.Changes(in slot).ToArray()));
        }
    });

    [Fact]
    public void A_refusal_in_one_range_isnt_taken_back_by_another_that_ends_later()
    {
        var random = new Random(1);
        var parts = Enumerable.Range(0, Parts).Select(part => PartOf(part, s_addresses.Length, random, chance: 1)).ToArray();
        using var refused = new ManualResetEventSlim();
        Assert.Null(AccessListMerge.TryMerge(
            parts,
            () => new Answers(address =>
            {
                if (address == s_addresses.Min())
                {
                    refused.Set();
                    return false;
                }
                // Goes on a while after the refusal, as if it had been at work at that time; the time limit is for a machine with one thread.
                refused.Wait(TimeSpan.FromSeconds(1));
                Thread.Sleep(20);
                return true;
            }),
            parallelism: 2, worthAThread: 1));
    }

    /// <summary>Some accounts with slots and changes; block access indices are the part's own.</summary>
    private static BlockAccessList PartOf(int part, int count, Random random, double chance = 0.4)
    {
        var (accounts, slots) = (new List<AccessListAccount>(), new List<AccessListSlot>());
        var (storage, balances, nonces) = (new List<StorageChange>(), new List<BalanceChange>(), new List<NonceChange>());
        foreach (var address in s_addresses.Take(count).Order().Where(_ => random.NextDouble() < chance))
        {
            var first = slots.Count;
            for (ulong key = 0; key < 3; key++)
            {
                if (random.Next(2) == 0)
                {
                    slots.Add(new AccessListSlot { Key = key, Before = 7, Changes = Add(storage, index => new StorageChange(index, random.Next())) });
                }
            }
            accounts.Add(new AccessListAccount
            {
                Address = address, ExistedBefore = true, ExistsAfter = true, BalanceBefore = 9, StorageClearedAt = AccessListAccount.NeverCleared,
                CodeHashBefore = Crypto.Keccak256.OfEmpty, StorageRootBefore = Crypto.Keccak256.OfEmptyString,
                Slots = new Run(first, slots.Count - first), Balances = Add(balances, index => new BalanceChange(index, random.Next())),
                Nonces = Add(nonces, index => new NonceChange(index, (ulong)random.Next())),
            });
        }
        return new BlockAccessList([.. accounts], [.. slots], [.. storage], [.. balances], [.. nonces], []);

        Run Add<T>(List<T> items, Func<uint, T> make)
        {
            var changes = random.Next(3);
            for (var i = 0; i < changes; i++)
            {
                items.Add(make((uint)(part + (i * Parts))));
            }
            return new Run(items.Count - changes, changes);
        }
    }

    private sealed class Answers(Func<Address, bool> allows) : IPartConflicts
    {
        public bool AllowAccount(ReadOnlySpan<int> places, out bool existsAfter) => existsAfter = true;

        public bool AllowSlot(in Address address, in UInt256 key, ReadOnlySpan<bool> isIn) => allows(address);
    }
}

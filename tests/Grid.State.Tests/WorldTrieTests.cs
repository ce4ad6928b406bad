using CsCheck;
using Grid.Crypto;
using Grid.Primitives;
using Grid.State.Tests.Trie;
using Grid.State.Trie;

namespace Grid.State.Tests;

public sealed class WorldTrieTests
{
    private static readonly Gen<(int Account, int Kind, (int Slot, int Value)[] Slots)[]> s_batch =
        Gen.Select(Gen.Int[1, 40], Gen.Int[0, 5], Gen.Select(Gen.Int[0, 30], Gen.Int[0, 3]).Array[0, 12]).Array[0, 15]
            .Select(batch => batch.DistinctBy(change => change.Item1).ToArray());

    [Fact]
    public void Changes_give_the_state_root_of_the_content_and_can_be_read_back()
    {
        s_batch.Array[1, 5].Sample(batches =>
        {
            var model = new Dictionary<Address, (AccountRecord Record, Dictionary<UInt256, UInt256> Slots)>();
            var world = WorldTrie.Empty();
            foreach (var batch in batches)
            {
                world = world.Apply(Apply(model, batch), parallelism: batch.Length % 2 + 1);
                Assert.Equal(RootOf(model), world.Root);
                AssertReads(model, world, batch);
            }
        }, iter: 80);
    }

    [Fact]
    public void Several_threads_make_the_tries_that_one_makes()
    {
        // Enough accounts and slots for every part that is divided among threads; the second batch changes, adds and removes. A failure prints the seed.
        Gen.Int.Sample(seed =>
        {
            var random = new Random(seed);
            var one = WorldTrie.Empty();
            var several = WorldTrie.Empty();
            for (var block = 0; block < 2; block++)
            {
                var changes = Enumerable.Range(0, 2500).Select(i => RandomChange(random, block, i)).ToArray();
                one = one.Apply(changes);
                several = several.Apply(changes, parallelism: 3);
                Assert.Equal(one.Root, several.Root);
            }
        }, iter: 8);
    }

    private static AccountChange RandomChange(Random random, int block, int account)
    {
        var slots = Enumerable.Range(0, account == 0 ? 3000 : account % 50 == 0 ? random.Next(40) : 0).Where(_ => random.Next(3) > 0)
            .Select(slot => new SlotChange((ulong)slot, default, random.Next(4) == 0 ? UInt256.Zero : (ulong)random.NextInt64())).ToArray();
        AccountRecord? after = block > 0 && random.Next(5) == 0 ? null : AccountRecord.Empty with { Nonce = (ulong)random.Next(1, 1000) };
        return new AccountChange(Address.FromNumber((ulong)account), null, after, after is null || random.Next(9) == 0, after is null ? default : slots, null);
    }

    [Fact]
    public void A_storage_trie_is_the_same_from_several_threads()
    {
        Gen.Select(Gen.Int[1, 6000], Gen.Int[0, 6000], Gen.Int).Sample((before, count, seed) =>
        {
            var random = new Random(seed);
            SlotChange[] Slots(int n) => [.. Enumerable.Range(0, n).Select(slot => new SlotChange(
                (ulong)(slot * 2 + random.Next(2)), default, random.Next(3) == 0 ? UInt256.Zero : (ulong)random.NextInt64()))];
            var content = new Dictionary<UInt256, UInt256>();
            var one = MerkleTrie<SlotValue>.Empty;
            var several = one;
            foreach (var slots in (SlotChange[][])[Slots(before), Slots(count)])
            {
                one = StorageChanges.Apply(one, cleared: false, slots);
                several = StorageChanges.Apply(several, cleared: false, slots, source: null, parallelism: 3);
                Array.ForEach(slots, slot => content[slot.Slot] = slot.After);
                Assert.Equal(one.RootHash(), several.RootHash(parallelism: 3));
            }
            Assert.Equal(StorageRootOf(content.Where(pair => !pair.Value.IsZero).ToDictionary()), several.RootHash());
        }, iter: 12);
    }

    [Fact]
    public void Many_changes_with_the_same_start_of_their_keys_are_told_apart()
    {
        // More than eight equal bytes: the order is that of the whole keys, on one thread and on several.
        var changes = Enumerable.Range(0, 1000).Select(i => new TrieChange<BytesValue>(
            new Hash256([(byte)(i % 3), .. new byte[20], .. BitConverter.GetBytes(1000 - i), .. new byte[7]]), new BytesValue([(byte)(i + 1), 7]))).ToArray();
        var expected = ReferenceTrie.Root(changes.Select(change => (change.Key.ToArray(), change.Value.Bytes)));
        Assert.Equal(expected, MerkleTrie<BytesValue>.Empty.Update(changes).RootHash());
        Assert.Equal(expected, MerkleTrie<BytesValue>.Empty.Update(changes, parallelism: 3).RootHash(parallelism: 3));
        TrieChange<BytesValue>[] twice = [.. changes, changes[5]];
        Assert.Throws<ArgumentException>(() => MerkleTrie<BytesValue>.Empty.Update(twice));
        Assert.Throws<ArgumentException>(() => MerkleTrie<BytesValue>.Empty.Update(twice, parallelism: 3));
    }

    [Fact]
    public void The_shards_of_a_state_make_the_same_state()
    {
        var account = AccountRecord.Empty with { Balance = 5 };
        var world = WorldTrie.Empty().Apply(
            [.. Enumerable.Range(1, 50).Select(i => new AccountChange(Address.FromNumber((ulong)i), null, account, false, new[] { new SlotChange(1, 0, 2) }, null))]);
        StateShard[] shards = [.. world.Shards];
        var again = WorldTrie.Of(shards, world.Codes);
        Assert.Equal(world.Root, again.Root);
        Assert.True(again.TryGetStorage(Address.FromNumber(7), 1, out var value));
        Assert.Equal((UInt256)2, value);
        Assert.Throws<ArgumentException>(() => WorldTrie.Of(shards[..15], world.Codes));
        Array.Reverse(shards);
        Assert.Throws<ArgumentException>(() => WorldTrie.Of(shards, world.Codes));
    }

    [Fact]
    public void Two_hundred_and_fifty_six_shards_make_the_same_root()
    {
        Gen.Select(Gen.Int[0, 60], Gen.Int[0, 1000]).Sample((count, seed) =>
        {
            var random = new Random(seed);
            var changes = new LeafChange[count];
            for (var i = 0; i < count; i++)
            {
                var bytes = new byte[32];
                random.NextBytes(bytes.AsSpan(random.Next(0, 3)));
                changes[i] = new LeafChange(new Hash256(bytes), new AccountLeaf(AccountRecord.Empty with { Nonce = (ulong)i }, null));
            }
            var whole = MerkleTrie<AccountLeaf>.Empty.Update([.. changes.Select(c => new TrieChange<AccountLeaf>(c.Key, c.Leaf!.Value))]);
            Assert.Equal(whole.RootHash(), StateRoot.Combine(Slices(changes, 1)));
            Assert.Equal(whole.RootHash(), StateRoot.Combine(Slices(changes, 2)));
        }, iter: 80);
    }

    [Fact]
    public void A_slice_root_survives_its_encoding()
    {
        var branch = Enumerable.Range(0, 4).Select(i => new LeafChange(new Hash256([0x10, (byte)i, .. new byte[30]]), new AccountLeaf(AccountRecord.Empty, null)));
        SliceRoot[] roots =
        [
            SliceRoot.Empty,
            StateShard.Empty(TriePath.Root.Append(1)).Apply([branch.First()]).Root(),
            StateShard.Empty(TriePath.Root.Append(1)).Apply([.. branch]).Root(),
            StateShard.Empty(TriePath.Of(new Hash256([0x10, 0x00, .. new byte[30]]), 3)).Apply([.. branch]).Root(),
        ];
        Assert.Equal([SliceKind.Empty, SliceKind.Leaf, SliceKind.Extension, SliceKind.Branch], roots.Select(root => root.Kind));
        foreach (var root in roots)
        {
            Assert.InRange(root.Encode().Length, 1, SliceRoot.MaxEncodedLength);
            Assert.Equal(root, SliceRoot.Decode(root.Encode()));
        }
    }

    [Fact]
    public void A_shard_refuses_an_account_of_another() =>
        Assert.Throws<ArgumentException>(() =>
            StateShard.Empty(TriePath.Root.Append(1)).Apply([new LeafChange(new Hash256([0x20, .. new byte[31]]), null)]));

    private static SliceRoot[] Slices(LeafChange[] changes, int prefixLength)
    {
        var count = prefixLength == 1 ? 16 : 256;
        var roots = new SliceRoot[count];
        for (var i = 0; i < count; i++)
        {
            var path = prefixLength == 1 ? TriePath.Root.Append(i) : TriePath.Root.Append(i >> 4).Append(i & 15);
            var root = StateShard.Empty(path).Apply([.. changes.Where(change => path.Contains(change.Key))]).Root();
            roots[i] = SliceRoot.Decode(root.Encode());
        }
        return roots;
    }

    /// <summary>Kind 0 removes the account, 1 clears its storage, others change it.</summary>
    private static List<AccountChange> Apply(
        Dictionary<Address, (AccountRecord Record, Dictionary<UInt256, UInt256> Slots)> model, (int Account, int Kind, (int Slot, int Value)[] Slots)[] batch)
    {
        var changes = new List<AccountChange>();
        foreach (var (number, kind, slotValues) in batch)
        {
            var address = Address.FromNumber((ulong)number);
            var exists = model.TryGetValue(address, out var entry);
            AccountRecord? before = exists ? entry.Record : null;
            if (kind == 0)
            {
                model.Remove(address);
                changes.Add(new AccountChange(address, before, null, true, default, null));
                continue;
            }
            var slots = exists && kind != 1 ? new Dictionary<UInt256, UInt256>(entry.Slots) : [];
            var slotChanges = new List<SlotChange>();
            foreach (var (slot, value) in slotValues.DistinctBy(pair => pair.Slot))
            {
                slotChanges.Add(new SlotChange((ulong)slot, slots.GetValueOrDefault((ulong)slot), (ulong)value));
                slots[(ulong)slot] = (ulong)value;
            }
            var code = kind == 2 ? new Bytecode([(byte)number], Keccak256.Hash([(byte)number])) : null;
            var record = new AccountRecord((ulong)kind, (ulong)number, Keccak256.OfEmptyString, code?.Hash ?? before?.CodeHash ?? Keccak256.OfEmpty);
            model[address] = (record, slots.Where(pair => !pair.Value.IsZero).ToDictionary());
            changes.Add(new AccountChange(address, before, record, kind == 1, slotChanges.ToArray(), code));
        }
        return changes;
    }

    private static Hash256 RootOf(Dictionary<Address, (AccountRecord Record, Dictionary<UInt256, UInt256> Slots)> model) =>
        ReferenceTrie.Root(model.Select(pair => (
            Keccak256.Hash(pair.Key.Span).ToArray(),
            (pair.Value.Record with { StorageRoot = StorageRootOf(pair.Value.Slots) }).ToRlp())));

    private static Hash256 StorageRootOf(Dictionary<UInt256, UInt256> slots) => ReferenceTrie.Root(slots.Select(pair =>
    {
        var writer = new Grid.Primitives.Rlp.RlpWriter();
        writer.WriteUInt256(pair.Value);
        return (Keccak256.Hash(pair.Key.ToBigEndian()).ToArray(), writer.ToArray());
    }));

    private static void AssertReads(
        Dictionary<Address, (AccountRecord Record, Dictionary<UInt256, UInt256> Slots)> model, WorldTrie world, (int Account, int Kind, (int Slot, int Value)[] Slots)[] batch)
    {
        foreach (var (number, _, slots) in batch)
        {
            var address = Address.FromNumber((ulong)number);
            var exists = model.TryGetValue(address, out var entry);
            Assert.True(world.TryGetAccount(in address, out var record));
            Assert.Equal(exists ? entry.Record with { StorageRoot = StorageRootOf(entry.Slots) } : null, record);
            if (record is { HasCode: true } withCode)
            {
                Assert.True(world.TryGetCode(in address, withCode.CodeHash, out var code));
                Assert.Equal(withCode.CodeHash, Keccak256.Hash(code!.Bytes));
            }
            foreach (var (slot, _) in slots)
            {
                Assert.True(world.TryGetStorage(in address, (ulong)slot, out var value));
                Assert.Equal(exists ? entry.Slots.GetValueOrDefault((ulong)slot) : UInt256.Zero, value);
            }
        }
    }
}

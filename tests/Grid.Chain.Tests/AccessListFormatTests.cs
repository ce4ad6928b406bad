using CsCheck;
using Grid.Primitives;
using Grid.Primitives.Rlp;
using Grid.State;

namespace Grid.Chain.Tests;

public class AccessListFormatTests
{
    private static string Address(int n) => "94" + new string('0', 38) + n.ToString("x2");

    [Theory]
    // [[0x…01, [[1, [[1, 5]]]], [2], [[1, 7]], [[1, 1]], [[2, 0x00]]]]
    [InlineData("e6e5{1}c6c501c3c20105c102c3c20107c3c20101c3c20200")]
    [InlineData("c0")]
    [InlineData("dbda{1}c0c0c0c0c0")]
    public void The_EIPs_form_survives_decoding(string template)
    {
        var bytes = Fix(template);
        Assert.Equal(bytes, BlockAccessList.DecodeRlp(bytes).EncodeRlp());
    }

    [Fact]
    public void Disorder_is_refused()
    {
        string Account(int n, string rest) => Wrap(Address(n) + rest);
        const string Empty = "c0c0c0c0c0";
        AssertRefused(Wrap(Account(2, Empty) + Account(1, Empty)), AccessListError.WrongOrder);
        AssertRefused(Wrap(Account(1, Empty) + Account(1, Empty)), AccessListError.WrongOrder);
        // A slot without change; a slot both changed and read; reads, changes and indices out of order.
        AssertRefused(Wrap(Account(1, "c3c201c0" + "c0c0c0c0")), AccessListError.SlotWithoutChange);
        AssertRefused(Wrap(Account(1, "c6c501c3c20105" + "c101" + "c0c0c0")), AccessListError.WrongOrder);
        AssertRefused(Wrap(Account(1, "c0" + "c20201" + "c0c0c0")), AccessListError.WrongOrder);
        AssertRefused(Wrap(Account(1, "c0c0" + "c6c20205c20105" + "c0c0")), AccessListError.WrongOrder);
    }

    [Fact]
    public void The_compact_form_survives_decoding_and_is_the_same_from_several_threads() => Gen.Select(Gen.Int[0, 3000], Gen.Int).Sample((count, seed) =>
    {
        var random = new Random(seed);
        UInt256 Word() => new UInt256((ulong)random.NextInt64(), (ulong)random.NextInt64(), (ulong)random.NextInt64(), (ulong)random.NextInt64()) >> (random.Next(5) * 64 + random.Next(64));
        var slots = Enumerable.Range(0, count).Select(i => new AccessListSlot { Key = (ulong)i, Before = Word(), Changes = new Run(i, random.Next(2)) }).ToArray();
        var accounts = Enumerable.Range(0, count).Select(i => new AccessListAccount
        {
            Address = Primitives.Address.FromNumber((ulong)i), ExistedBefore = true, ExistsAfter = true, BalanceBefore = Word(), NonceBefore = (ulong)random.NextInt64() >> random.Next(64),
            StorageClearedAt = AccessListAccount.NeverCleared, Slots = new Run(i, random.Next(2)), Balances = new Run(i, random.Next(2)),
        }).ToArray();
        var list = new BlockAccessList(
            accounts, slots, [.. slots.Select(_ => new StorageChange((uint)random.Next(), Word()))], [.. slots.Select(_ => new BalanceChange((uint)random.Next(), Word()))], [], []);
        var bytes = list.Encode();
        Assert.Equal(bytes, list.Encode(parallelism: 3));
        Assert.Equal(bytes, BlockAccessList.Decode(bytes).Encode());
        Assert.Equal(accounts.Select(account => account.BalanceBefore), BlockAccessList.Decode(bytes).Accounts.ToArray().Select(account => account.BalanceBefore));
    }, iter: 30);

    [Fact]
    public void Lost_storage_survives_decoding()
    {
        var cleared = Enumerable.Range(1, 3).Select(i => new AccessListAccount
        {
            Address = Primitives.Address.FromNumber((ulong)i), ExistedBefore = true, StorageRootBefore = new Hash256([.. Enumerable.Repeat((byte)i, 32)]),
            CodeHashBefore = Crypto.Keccak256.OfEmpty, StorageClearedAt = i == 2 ? AccessListAccount.NeverCleared : 1, ExistsAfter = i == 2,
        }).ToArray();
        Assert.Equal([true, false, true], cleared.Select(account => BlockAccessList.LosesStorage(in account)));
        var plain = new BlockAccessList(cleared, [], [], [], [], []);
        HashedSlot[] slots = [new(Hash256.FromWord(7), 1), new(Hash256.FromWord(UInt256.MaxValue), UInt256.MaxValue)];
        var bytes = plain.WithLostStorage(new Dictionary<Address, HashedSlot[]?> { [cleared[2].Address] = slots, [cleared[0].Address] = null }).Encode();
        var list = BlockAccessList.Decode(bytes);
        Assert.Equal(2, bytes[0]);
        Assert.Equal(slots, list.LostStorageOf(cleared[2].Address));
        Assert.Null(list.LostStorageOf(cleared[0].Address));
        Assert.Equal(bytes, list.Encode());
        Assert.Equal(plain.Encode()[1..], bytes[1..plain.Encode().Length]);
        // Not in order, of an account that isn't there, cut off, and more than there is.
        var end = bytes.Length - 1 - 32;
        Assert.Throws<AccessListFormatException>(() => BlockAccessList.Decode([.. bytes, 0]));
        Assert.Throws<AccessListFormatException>(() => BlockAccessList.Decode(bytes[..end]));
        Assert.Throws<AccessListFormatException>(() => BlockAccessList.Decode([2, .. plain.Encode()[1..], 2, 2, 0, 0, 0]));
        Assert.Throws<AccessListFormatException>(() => BlockAccessList.Decode([2, .. plain.Encode()[1..], 1, 3, 0]));
        Assert.Throws<AccessListFormatException>(() => BlockAccessList.Decode([2, .. plain.Encode()[1..], 1, 0, 2]));
        Assert.Throws<AccessListFormatException>(() => BlockAccessList.Decode([2, .. plain.Encode()[1..], 1, 0, 1, 0x80, 0x80, 0x80, 0x80, 1]));
    }

    [Fact]
    public void No_bytes_make_the_compact_form_fail_otherwise_than_by_its_exception() => Gen.Select(Gen.Byte[1, 2], Gen.Byte.Array[0, 60]).Sample((version, bytes) =>
    {
        try
        {
            var list = BlockAccessList.Decode([version, .. bytes]);
            Assert.True(list.Accounts.Length <= bytes.Length);
        }
        catch (AccessListFormatException exception)
        {
            Assert.InRange(exception.Offset, 0, bytes.Length + 1);
        }
    });

    [Fact]
    public void Another_version_is_refused() =>
        Assert.Equal(AccessListError.UnknownVersion, Assert.Throws<AccessListFormatException>(() => BlockAccessList.Decode([3, 0])).Error);

    private static void AssertRefused(string hex, AccessListError error) =>
        Assert.Equal(error, Assert.Throws<AccessListFormatException>(() => BlockAccessList.DecodeRlp(Hex.Decode(hex))).Error);

    private static byte[] Fix(string template)
    {
        if (template == "c0")
        {
            return [0xc0];
        }
        var payload = template[4..].Replace("{1}", Address(1), StringComparison.Ordinal);
        return Hex.Decode(Wrap(Wrap(payload)));
    }

    /// <summary>The hex of a list with this payload.</summary>
    private static string Wrap(string payload)
    {
        var writer = new RlpWriter();
        var mark = writer.BeginList();
        writer.WriteRaw(Hex.Decode(payload));
        writer.EndList(mark);
        return Convert.ToHexStringLower(writer.Written);
    }
}

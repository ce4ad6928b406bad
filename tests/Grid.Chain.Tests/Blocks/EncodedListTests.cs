using CsCheck;
using Grid.Primitives;
using Grid.Primitives.Rlp;

namespace Grid.Chain.Tests.Blocks;

/// <summary>What is encoded and hashed many at a time, and on several threads, against each item for itself. A failure prints the seed.</summary>
public class EncodedListTests
{
    /// <summary>Up to enough for several ranges.</summary>
    private static readonly Gen<int> Count = Gen.OneOf(Gen.Int[0, 3], Gen.Int[120, 135], Gen.Int[500, 1500]);

    [Fact]
    public void A_list_of_transactions_is_that_of_each_transaction() => Gen.Select(TransactionGen.Any.Array[1, 20], Count, Gen.Int).Sample((some, count, seed) =>
    {
        var random = new Random(seed);
        var transactions = Enumerable.Range(0, count).Select(_ => some[random.Next(some.Length)]).ToArray();
        var writer = new RlpWriter();
        var list = writer.BeginList();
        Array.ForEach(transactions, transaction => transaction.EncodeInBlock(writer));
        writer.EndList(list);
        foreach (var parallelism in (int[])[1, 3])
        {
            var encoded = EncodedList.Of(transactions, parallelism);
            Assert.Equal(writer.ToArray(), encoded.Bytes);
            Assert.Equal(transactions.Select(transaction => transaction.EncodedMemory.ToArray()), encoded.Items.Select(item => encoded.Bytes[item.Offset..(item.Offset + item.Length)]));
            Assert.Equal(BlockRoots.OfTransactions(transactions), encoded.ComputeRoot(parallelism));
        }
    }, iter: 40);

    [Fact]
    public void A_list_of_receipts_is_that_of_each_receipt() => Gen.Select(Count, Gen.Int).Sample((count, seed) =>
    {
        var random = new Random(seed);
        var receipts = Enumerable.Range(0, count).Select(_ => ReceiptOf(random)).ToArray();
        // The same again, as encoding a receipt for itself keeps its bloom.
        var copies = receipts.Select(Copy).ToArray();
        var bytes = copies.Select(receipt => receipt.Encode()).ToArray();
        var writer = new RlpWriter();
        var list = writer.BeginList();
        Array.ForEach(bytes, item => writer.WriteBytes(item));
        writer.EndList(list);
        foreach (var parallelism in (int[])[1, 3])
        {
            var encoded = EncodedReceipts.Of(receipts, parallelism);
            Assert.Equal(writer.ToArray(), encoded.List.Bytes);
            Assert.Equal(bytes, encoded.List.Items.Select(item => encoded.List.Bytes[item.Offset..(item.Offset + item.Length)]));
            Assert.Equal(Bloom.Union(copies.Select(receipt => receipt.Bloom)), encoded.LogsBloom);
            Assert.Equal(BlockRoots.OfReceipts(copies), encoded.List.ComputeRoot(parallelism));
        }
    }, iter: 40);

    [Fact]
    public void A_bloom_that_was_decoded_is_kept_though_the_logs_have_another()
    {
        var bloom = Bloom.Of([new Log(Address.FromNumber(7), [], [])]);
        Receipt[] receipts =
        [
            new() { Type = TransactionType.Legacy, CumulativeGasUsed = 1, Logs = [new Log(Address.FromNumber(1), [], [])], Bloom = bloom },
            new() { Type = TransactionType.Legacy, CumulativeGasUsed = 2, Logs = [new Log(Address.FromNumber(2), [], [])] },
        ];
        var encoded = EncodedReceipts.Of(receipts).List;
        Assert.Equal(receipts.Select(receipt => receipt.Encode()), encoded.Items.Select(item => encoded.Bytes[item.Offset..(item.Offset + item.Length)]));
    }

    [Fact]
    public void A_block_around_its_encoded_transactions_is_the_block() => TransactionGen.Any.Array[0, 20].Sample(transactions =>
    {
        Withdrawal[] withdrawals = [new Withdrawal(1, 2, Address.FromNumber(3), 4)];
        foreach (var block in (Block[])[
            new(new BlockHeader { Number = 1 }, transactions, [new BlockHeader { Number = 0 }], null),
            new(new BlockHeader { Number = 2, BaseFeePerGas = 7, WithdrawalsRoot = BlockRoots.OfWithdrawals(withdrawals) }, transactions, [], withdrawals)])
        {
            Assert.True(Block.TryDecode(block.Encode(), out var decoded, out var error), error.ToString());
            Assert.Equal(block.Hash, decoded.Hash);
            Assert.Equal(transactions.Select(transaction => transaction.Hash), decoded.Transactions.Select(transaction => transaction.Hash));
            Assert.Equal(block.Ommers.Select(ommer => ommer.Hash), decoded.Ommers.Select(ommer => ommer.Hash));
            Assert.Equal(block.Withdrawals, decoded.Withdrawals);
        }
    }, iter: 40);

    private static Receipt Copy(Receipt receipt) => new()
    {
        Type = receipt.Type, Succeeded = receipt.Succeeded, PostStateRoot = receipt.PostStateRoot, CumulativeGasUsed = receipt.CumulativeGasUsed, Logs = receipt.Logs,
    };

    /// <summary>Few addresses and topics, so that the same ones occur again.</summary>
    private static Receipt ReceiptOf(Random random)
    {
        var logs = new Log[random.Next(3) == 0 ? 0 : random.Next(4)];
        for (var i = 0; i < logs.Length; i++)
        {
            var data = new byte[random.Next(3) == 0 ? random.Next(3) : random.Next(300)];
            random.NextBytes(data);
            var topics = Enumerable.Range(0, random.Next(5)).Select(_ => Hash256.FromWord((ulong)random.Next(2000))).ToArray();
            logs[i] = new Log(Address.FromNumber((ulong)random.Next(50)), topics, data);
        }
        var type = (TransactionType)random.Next(5);
        return new Receipt
        {
            Type = type, Succeeded = random.Next(2) == 0, CumulativeGasUsed = (ulong)random.NextInt64() >> random.Next(63), Logs = logs,
            PostStateRoot = type == TransactionType.Legacy && random.Next(2) == 0 ? Hash256.FromWord((ulong)random.Next()) : null,
        };
    }
}

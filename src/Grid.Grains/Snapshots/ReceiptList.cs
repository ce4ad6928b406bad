using Grid.Chain;
using Grid.Evm;
using Grid.Primitives;
using Grid.Primitives.Rlp;

namespace Grid.Grains.Snapshots;

/// <summary>A block's receipts as the journal keeps them: an RLP list of byte strings, each a receipt's trie form.</summary>
public static class ReceiptList
{
    public static byte[] Encode(Receipt[] receipts) => EncodedReceipts.Of(receipts).List.Bytes;

    /// <summary>Decodes, and derives from the transactions what the trie form lacks.</summary>
    public static Receipt[] Decode(ReadOnlySpan<byte> bytes, ReadOnlySpan<Transaction> transactions)
    {
        var outer = new RlpReader(bytes);
        var list = outer.ReadList();
        outer.ExpectEnd();
        var receipts = new Receipt[transactions.Length];
        ulong cumulative = 0;
        for (var i = 0; i < receipts.Length; i++)
        {
            var stored = Receipt.Decode(list.ReadBytes());
            var transaction = transactions[i];
            receipts[i] = new Receipt
            {
                Type = stored.Type,
                Succeeded = stored.Succeeded,
                PostStateRoot = stored.PostStateRoot,
                CumulativeGasUsed = stored.CumulativeGasUsed,
                GasUsed = stored.CumulativeGasUsed - cumulative,
                Logs = stored.Logs,
                Bloom = stored.Bloom,
                ContractAddress = transaction.IsCreation ? Evm.ContractAddress.FromNonce(transaction.Sender, transaction.Nonce) : null,
            };
            cumulative = stored.CumulativeGasUsed;
        }
        list.ExpectEnd();
        return receipts;
    }
}

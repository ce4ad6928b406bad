using System.Text.Json;
using Grid.Chain;
using Grid.Crypto;
using Grid.Grains.Load;
using Grid.Grains.Placement;
using Grid.Grains.Reader;
using Grid.Primitives;

namespace Grid.Gateway.Rest;

/// <summary>Makes REST resources of what the grid answers.</summary>
internal static class ResourceMapping
{
    public static TransactionResource Of(TransactionView view) => Of(
        view.Transaction, view.Header is { } header ? PlaceOf(header, view.Index) : null, null);

    public static TransactionResource Of(ReceiptView view)
    {
        var receipt = view.Receipt;
        var logs = receipt.Logs.Select((log, i) => new LogResource(
            log.Address.ToString(), [.. log.Topics.Select(topic => topic.ToString())], Hex.Encode(log.Data), view.FirstLogIndex + i));
        var resource = new ReceiptResource(
            receipt.Succeeded,
            receipt.GasUsed,
            receipt.CumulativeGasUsed,
            view.Transaction.EffectiveGasPrice(view.Header.BaseFeePerGas ?? UInt256.Zero).ToString(),
            receipt.ContractAddress?.ToString(),
            [.. logs]);
        return Of(view.Transaction, PlaceOf(view.Header, view.Index), resource);
    }

    public static AccountResource Of(AccountView view, ulong pendingNonce) => new(
        view.Address.ToString(),
        view.Nonce,
        pendingNonce,
        view.Balance.ToString(),
        view.CodeHash != Keccak256.OfEmpty && !view.CodeHash.IsZero,
        view.CodeHash.ToString(),
        view.StorageRoot.ToString(),
        view.BlockNumber);

    public static ProofResource Of(ProofView view) => new(
        view.Account.Address.ToString(),
        view.Account.Nonce,
        view.Account.Balance.ToString(),
        view.Account.CodeHash.ToString(),
        view.Account.StorageRoot.ToString(),
        view.Account.BlockNumber,
        [.. view.AccountNodes.Select(node => Hex.Encode(node))],
        [.. view.Slots.Select(proof => new SlotProofResource(
            Hash256.FromWord(proof.Slot).ToString(), Hash256.FromWord(proof.Value).ToString(), [.. proof.Nodes.Select(node => Hex.Encode(node))]))]);

    public static BlockResource Of(BlockView view, bool full, int offset, int limit)
    {
        var (header, transactions) = (view.Block.Header, view.Block.Transactions);
        var shown = transactions.Skip(offset).Take(limit);
        var baseFee = header.BaseFeePerGas ?? UInt256.Zero;
        return new BlockResource(
            header.Number,
            header.Hash.ToString(),
            header.ParentHash.ToString(),
            header.Timestamp,
            header.Beneficiary.ToString(),
            header.StateRoot.ToString(),
            header.TransactionsRoot.ToString(),
            header.ReceiptsRoot.ToString(),
            header.GasUsed,
            header.GasLimit,
            header.BaseFeePerGas?.ToString(),
            header.BlobGasUsed,
            header.ExcessBlobGas,
            header.WithdrawalsRoot?.ToString(),
            header.RequestsHash?.ToString(),
            header.ParentBeaconBlockRoot?.ToString(),
            header.PrevRandao.ToString(),
            Hex.Encode(header.ExtraData),
            view.SizeBytes,
            transactions.Length,
            offset,
            full ? null : [.. shown.Select(transaction => transaction.Hash.ToString())],
            full ? [.. shown.Select((transaction, i) => OfBlock(transaction, offset + i, baseFee))] : null);
    }

    public static BlockSummaryResource SummaryOf(BlockView view) => new(
        view.Block.Header.Number,
        view.Block.Hash.ToString(),
        view.Block.Header.Timestamp,
        view.Block.Header.Beneficiary.ToString(),
        view.Block.Transactions.Length,
        view.Block.Header.GasUsed,
        view.Block.Header.GasLimit,
        view.Block.Header.BaseFeePerGas?.ToString(),
        view.SizeBytes);

    public static GrainsResource Of(ClusterReport report) => new(report.UnixMs, [.. report.Silos.Select(Of)], Of(report.Pinned).Pins, [.. report.Moves.Select(Of)]);

    public static MoveResource Of(ShardMove move) => new(move.Account.ToString(), move.Shard, move.From, move.To, move.Share);

    public static PinsResource Of(PinnedShards pinned) => new([.. pinned.Pins.Select(pin => new PinResource(pin.Shard, pin.Silo))]);

    public static SiloResource Of(SiloReport report) => new(
        report.Silo,
        report.Name,
        report.HeadNumber,
        report.Shards,
        report.Lanes,
        report.LanesBusyMs,
        report.LaneQueue,
        report.UptimeMs,
        report.AllocatedBytes,
        report.WorkingSetBytes,
        [.. report.GrainTypes.Select(x => new GrainTypeResource(x.GrainType, x.Activations, x.Turns, x.Errors, x.InTurn, x.BusyMs, x.LongestMs))],
        [.. report.HottestAccounts.Select(x => new HotAccountResource(x.Address.ToString(), x.Touches, x.Turns, x.BusyMs, x.Bytes))],
        [.. report.ContendedPlaces.Select(Of)],
        Of(report.Execution));

    private static ContendedPlaceResource Of(ContendedPlaceReport report) => new(
        report.Account.ToString(),
        report.Slot is { } slot ? Hash256.FromWord(slot).ToString() : null,
        report.Blocks,
        report.Transactions,
        report.GasShare,
        report.Called?.ToString(),
        report.Selector is { } selector ? $"0x{selector:x8}" : null,
        JsonNamingPolicy.CamelCase.ConvertName(report.Advice.ToString()));

    private static ExecutionResource Of(ExecutionFigures figures) => new(
        figures.Blocks, figures.Transactions, figures.Executions, figures.Waves, figures.Strands, figures.Batches, figures.Anchored, figures.LargestStrand,
        figures.IdealWidth, figures.AchievedWidth,
        new PredictionsResource(figures.Profiles, figures.UnknownCalls, figures.PredictedRight, figures.PredictedPartly, figures.PredictedWrong),
        figures.Fallbacks.ToDictionary(fallback => InCamelCase(fallback.Reason), fallback => fallback.Blocks),
        figures.AccessLists.ToDictionary(list => InCamelCase(list.Use), list => list.Blocks));

    private static string InCamelCase(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static TransactionPlace PlaceOf(BlockHeader header, int index) => new(header.Number, header.Hash.ToString(), header.Timestamp, index);

    private static TransactionResource Of(Transaction transaction, TransactionPlace? place, ReceiptResource? receipt) => new(
        transaction.Hash.ToString(),
        place is null ? "pending" : "included",
        (int)transaction.Type,
        transaction.Sender.ToString(),
        transaction.To?.ToString(),
        transaction.Nonce,
        transaction.Value.ToString(),
        transaction.GasLimit,
        transaction.MaxFeePerGas.ToString(),
        transaction.MaxPriorityFeePerGas.ToString(),
        transaction.Type == TransactionType.Blob ? transaction.MaxFeePerBlobGas.ToString() : null,
        [.. transaction.BlobVersionedHashes.Select(hash => hash.ToString())],
        [.. transaction.AccessList.Select(entry => new AccessListResource(
            entry.Address.ToString(), [.. entry.StorageKeys.Select(key => Hash256.FromWord(key).ToString())]))],
        transaction.AuthorizationList.Length,
        Hex.Encode(transaction.Data.Span),
        place,
        receipt);

    private static BlockTransactionResource OfBlock(Transaction transaction, int index, UInt256 baseFee) => new(
        transaction.Hash.ToString(),
        index,
        (int)transaction.Type,
        transaction.Sender.ToString(),
        transaction.To?.ToString(),
        transaction.Nonce,
        transaction.Value.ToString(),
        transaction.GasLimit,
        transaction.EffectiveGasPrice(baseFee).ToString(),
        Hex.Encode(transaction.Data.Span));
}

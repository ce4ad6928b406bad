using System.Text.Json;
using Grid.Chain;
using Grid.Chain.Engine;

namespace Grid.Node.Fixtures;

/// <summary>Reads a call of engine_newPayload as JSON-RPC has it.</summary>
public static class EngineCallReader
{
    /// <param name="version">The last digit of the method's name.</param>
    public static NewPayload Read(int version, JsonElement parameters)
    {
        var count = parameters.Items().Count();
        return new NewPayload(
            version,
            ReadPayload(parameters.Item(0)),
            count > 1 ? [.. parameters.Item(1).Items().Select(hash => hash.Hash())] : null,
            count > 2 ? parameters.Item(2).Hash() : null,
            count > 3 ? [.. parameters.Item(3).Items().Select(ReadRequest)] : null);
    }

    /// <summary>Hexadecimal, or base64 as the tool that made geth's chains wrote it.</summary>
    private static byte[] ReadRequest(JsonElement request) =>
        !request.Text().StartsWith("0x", StringComparison.Ordinal) && request.TryGetBytesFromBase64(out var bytes) ? bytes : request.Bytes();

    private static ExecutionPayload ReadPayload(JsonElement json) => new()
    {
        ParentHash = json.Field("parentHash").Hash(),
        FeeRecipient = json.Field("feeRecipient").Address(),
        StateRoot = json.Field("stateRoot").Hash(),
        ReceiptsRoot = json.Field("receiptsRoot").Hash(),
        LogsBloom = Bloom.FromBytes(json.Field("logsBloom").Bytes()),
        PrevRandao = json.Field("prevRandao").Hash(),
        BlockNumber = json.Field("blockNumber").Number(),
        GasLimit = json.Field("gasLimit").Number(),
        GasUsed = json.Field("gasUsed").Number(),
        Timestamp = json.Field("timestamp").Number(),
        ExtraData = json.Field("extraData").Bytes(),
        BaseFeePerGas = json.Field("baseFeePerGas").Word(),
        BlockHash = json.Field("blockHash").Hash(),
        Transactions = [.. json.Field("transactions").Items().Select(transaction => transaction.Bytes())],
        Withdrawals = json.OptionalField("withdrawals") is { } withdrawals ? [.. withdrawals.Items().Select(ReadWithdrawal)] : null,
        BlobGasUsed = json.OptionalField("blobGasUsed")?.Number(),
        ExcessBlobGas = json.OptionalField("excessBlobGas")?.Number(),
    };

    private static Withdrawal ReadWithdrawal(JsonElement json) => new(
        json.Field("index").Number(), json.Field("validatorIndex").Number(), json.Field("address").Address(), json.Field("amount").Number());
}

using System.Globalization;
using System.Text.Json;
using Grid.Chain;
using Grid.Chain.Engine;
using Grid.Execution.Engine;
using Grid.Execution.Import;

namespace Grid.Node.Fixtures;

/// <summary>One engine test: each payload is announced, and chosen as the head where it is valid.</summary>
public sealed class EngineTest(JsonElement entry)
{
    public CaseOutcome Run()
    {
        // The suite was filled before such blocks became invalid.
        var chain = FixtureChain.Load(entry, requireSystemContracts: false);
        var index = 0;
        foreach (var call in entry.Field("engineNewPayloads").EnumerateArray())
        {
            if (Announce(chain, call) is { } outcome)
            {
                return outcome with { Reason = $"payload {index} of the list: {outcome.Reason}" };
            }
            index++;
        }
        return BlockchainTest.CheckEnd(chain, entry);
    }

    /// <summary>Null where all is as it should be.</summary>
    private static CaseOutcome? Announce(ChainTree chain, JsonElement json)
    {
        var call = ReadCall(json);
        var engineError = chain.NewPayload(call, out var status);
        var expectedCode = json.OptionalField("errorCode") is { } code ? int.Parse(code.Text(), CultureInfo.InvariantCulture) : 0;
        if ((int)engineError != expectedCode)
        {
            return CaseOutcome.Failed("the API answers otherwise", new Difference("call", "error code", $"{(int)engineError}", $"{expectedCode}"));
        }
        if (engineError != EngineError.None)
        {
            return null;
        }
        if (json.OptionalField("validationError")?.Text() is { } expected)
        {
            return status.Code == PayloadStatusCode.Invalid && ExpectedErrors.Matches(expected, status.Error)
                ? null
                : CaseOutcome.Failed("the payload isn't refused for this reason", new Difference("payload", "error", Describe(status), expected));
        }
        return status.Code == PayloadStatusCode.Valid && chain.Choose(call.Payload.BlockHash)
            ? null
            : CaseOutcome.Failed($"the payload is refused: {Describe(status)}");
    }

    private static string Describe(PayloadStatus status) => $"{status.Code}: {BlockErrorText.Of(status.Error)}";

    private static NewPayload ReadCall(JsonElement json)
    {
        var parameters = json.Field("params");
        var count = parameters.GetArrayLength();
        return new NewPayload(
            int.Parse(json.Field("newPayloadVersion").Text(), CultureInfo.InvariantCulture),
            ReadPayload(parameters[0]),
            count > 1 ? [.. parameters[1].EnumerateArray().Select(hash => hash.Hash())] : null,
            count > 2 ? parameters[2].Hash() : null,
            count > 3 ? [.. parameters[3].EnumerateArray().Select(request => request.Bytes())] : null);
    }

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
        Transactions = [.. json.Field("transactions").EnumerateArray().Select(transaction => transaction.Bytes())],
        Withdrawals = json.OptionalField("withdrawals") is { } withdrawals ? [.. withdrawals.EnumerateArray().Select(ReadWithdrawal)] : null,
        BlobGasUsed = json.OptionalField("blobGasUsed")?.Number(),
        ExcessBlobGas = json.OptionalField("excessBlobGas")?.Number(),
    };

    private static Withdrawal ReadWithdrawal(JsonElement json) => new(
        json.Field("index").Number(), json.Field("validatorIndex").Number(), json.Field("address").Address(), json.Field("amount").Number());
}

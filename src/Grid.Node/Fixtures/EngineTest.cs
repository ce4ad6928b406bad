using System.Globalization;
using System.Text.Json;
using Grid.Chain.Engine;
using Grid.Execution.Engine;
using Grid.Execution.Import;

namespace Grid.Node.Fixtures;

/// <summary>One engine test: each payload is announced, and chosen as the head where it is valid.</summary>
public sealed class EngineTest(JsonElement entry)
{
    // The suite was filled before such blocks became invalid.
    public CaseOutcome Run(IChainEngine engine) => engine.Run(FixtureChain.Load(entry, requireSystemContracts: false), Run);

    private CaseOutcome Run(IBlockTree chain)
    {
        var index = 0;
        foreach (var call in entry.Field("engineNewPayloads").Items())
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
    private static CaseOutcome? Announce(IBlockTree chain, JsonElement json)
    {
        var call = EngineCallReader.Read(int.Parse(json.Field("newPayloadVersion").Text(), CultureInfo.InvariantCulture), json.Field("params"));
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
}

using System.Text.Json;
using Grid.Gateway.Submission;
using Grid.Grains.Reader;
using Grid.Primitives;

namespace Grid.Gateway.JsonRpc.Methods;

/// <summary>Calls that change nothing (execution-apis, eth/execute.yaml).</summary>
internal static class CallMethods
{
    public static async ValueTask<RpcAnswer> Call(RpcContext context, RpcParameters parameters)
    {
        var (request, block) = ReadCall(parameters);
        var outcome = await context.Grid.Reader.Call(request, block.Selector);
        return outcome.Status == CallStatus.Succeeded ? RpcAnswer.Data(outcome.Output) : ErrorOf(outcome, request.From);
    }

    public static async ValueTask<RpcAnswer> EstimateGas(RpcContext context, RpcParameters parameters)
    {
        var (request, block) = ReadCall(parameters);
        var estimate = await context.Grid.Reader.EstimateGas(request, block.Selector);
        return estimate.Failure switch
        {
            null => RpcAnswer.Quantity(estimate.GasLimit),
            { Status: CallStatus.Halted, Reason: "OutOfGas" } failure => RpcError.Refused($"gas required exceeds allowance ({failure.GasUsed})"),
            { } failure => ErrorOf(failure, request.From),
        };
    }

    private static (CallRequest Request, BlockParameter Block) ReadCall(RpcParameters parameters)
    {
        var request = CallParameter.Parse(parameters, 0);
        var block = parameters.Block(1);
        for (var i = 2; i < 4; i++)
        {
            if (parameters.TryGet(i, out var overrides) && (overrides.ValueKind != JsonValueKind.Object || overrides.EnumerateObject().Any()))
            {
                throw HexValue.Invalid(i, "overrides are not supported");
            }
        }
        return (request, block);
    }

    private static RpcError ErrorOf(CallOutcome outcome, Address from) => outcome.Status switch
    {
        CallStatus.Reverted => new RpcError(RpcErrorCode.Reverted, RevertReason.Describe(outcome.Output), outcome.Output),
        CallStatus.Invalid => RpcError.Refused($"err: {RefusalText.Of(outcome.Error, from)} (supplied gas {outcome.GasUsed})"),
        _ => RpcError.Refused(HaltText.Of(outcome.Reason)),
    };
}

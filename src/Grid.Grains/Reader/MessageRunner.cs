using Grid.Chain;
using Grid.Evm;
using Grid.Execution;
using Grid.Grains.Lanes;
using Grid.Grains.Snapshots;
using Grid.Grains.Snapshots.Past;

namespace Grid.Grains.Reader;

/// <summary>Executes messages without signatures on a lane, in the context of the block after which the state is.</summary>
/// <remarks>Safe because each call has an executor and state of its own, used by one thread at a time.</remarks>
public sealed class MessageRunner(GridOptions options, LaneThreads lanes, RecentBlockHashes hashes)
{
    public async Task<CallOutcome> CallAsync(CallRequest request, PastState state)
    {
        var executor = await Prepare(state);
        while (true)
        {
            var result = await lanes.RunAsync(() => executor.Call(ToMessage(request)));
            if (result.Outcome != TransactionOutcome.StateMiss)
            {
                return ToOutcome(in result);
            }
            await state.FetchAsync(result.Misses);
        }
    }

    public async Task<EstimateOutcome> EstimateAsync(CallRequest request, PastState state)
    {
        var executor = await Prepare(state);
        while (true)
        {
            var estimate = await lanes.RunAsync(() => executor.EstimateGas(ToMessage(request)));
            if (estimate.Outcome != Execution.EstimateOutcome.StateMiss)
            {
                var call = estimate.Call;
                return new EstimateOutcome(estimate.Gas, estimate.Outcome == Execution.EstimateOutcome.Found ? null : ToOutcome(in call));
            }
            await state.FetchAsync(estimate.Call.Misses);
        }
    }

    private async Task<CallExecutor> Prepare(PastState state)
    {
        var spec = options.Genesis.Spec;
        var fork = spec.ForkOf(state.Header);
        var environment = BlockEnvironment.Of(spec, fork, state.Header, [], await hashes.UpToAsync(state.Header));
        return new CallExecutor(environment, state, options.CallGasMax);
    }

    private static Execution.CallRequest ToMessage(CallRequest request) => new()
    {
        From = request.From,
        To = request.To,
        Gas = request.GasLimit,
        MaxFeePerGas = request.MaxFeePerGas ?? default,
        MaxPriorityFeePerGas = request.MaxPriorityFeePerGas ?? default,
        Value = request.Value,
        Data = request.Data,
        AccessList = request.AccessList,
    };

    private static CallOutcome ToOutcome(in CallResult result)
    {
        if (result.Outcome != TransactionOutcome.Executed)
        {
            return new CallOutcome(CallStatus.Invalid, [], 0, null, result.Error);
        }
        var status = result.Halt switch
        {
            _ when result.Halt.IsSuccess() => CallStatus.Succeeded,
            Halt.Revert => CallStatus.Reverted,
            _ => CallStatus.Halted,
        };
        return new CallOutcome(status, result.Output.ToArray(), result.GasUsed, status == CallStatus.Halted ? result.Halt.ToString() : null, default);
    }
}

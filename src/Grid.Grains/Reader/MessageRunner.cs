using Grid.Chain;
using Grid.Evm;
using Grid.Execution;
using Grid.Grains.Lanes;
using Grid.Grains.Snapshots;

namespace Grid.Grains.Reader;

/// <summary>Executes messages without signatures on a lane, in the context of the block after which the state is.</summary>
/// <remarks>Safe because each call has an executor and fetched state of its own, used by one thread at a time.</remarks>
public sealed class MessageRunner(GridOptions options, LaneThreads lanes, StateFetcher fetcher, RecentBlockHashes hashes)
{
    public async Task<CallOutcome> CallAsync(CallRequest request, StateView view)
    {
        var (executor, state) = await Prepare(view);
        while (true)
        {
            var result = await lanes.RunAsync(() => executor.Call(ToMessage(request)));
            if (result.Outcome != TransactionOutcome.StateMiss)
            {
                return ToOutcome(in result);
            }
            await fetcher.FetchAsync(state, result.Misses);
        }
    }

    public async Task<EstimateOutcome> EstimateAsync(CallRequest request, StateView view)
    {
        var (executor, state) = await Prepare(view);
        while (true)
        {
            var estimate = await lanes.RunAsync(() => executor.EstimateGas(ToMessage(request)));
            if (estimate.Outcome != Execution.EstimateOutcome.StateMiss)
            {
                var call = estimate.Call;
                return new EstimateOutcome(estimate.Gas, estimate.Outcome == Execution.EstimateOutcome.Found ? null : ToOutcome(in call));
            }
            await fetcher.FetchAsync(state, estimate.Call.Misses);
        }
    }

    private async Task<(CallExecutor Executor, FetchedState State)> Prepare(StateView view)
    {
        var spec = options.Genesis.Spec;
        var fork = spec.ForkOf(view.Header);
        var environment = BlockEnvironment.Of(spec, fork, view.Header, [], await hashes.UpToAsync(view.Number));
        var state = new FetchedState(view);
        return (new CallExecutor(environment, state, options.CallGasMax), state);
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

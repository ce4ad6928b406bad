using Grid.Chain;
using Grid.Evm;
using Grid.Primitives;

namespace Grid.Execution;

/// <summary>
/// What a block does before its first and after its last transaction, step by step, so that it goes on after a state miss where it
/// stopped. One thread at a time.
/// </summary>
/// <param name="ommers">Rewarded before Paris.</param>
/// <param name="world">Where the steps are done.</param>
/// <param name="record">Called after each step that succeeded, with its block access index and the account that is left out where it is unchanged.</param>
internal sealed class SystemSteps(
    BlockEnvironment environment, BlockHeader[] ommers, TransactionWorld world, Action<uint, Address> record, ITracer? tracer = null)
{
    private readonly SystemCalls _system = new(environment);
    private readonly List<byte[]> _requests = [];
    private (Address Contract, byte[] Input)[]? _before;
    private (Address Contract, byte RequestType)[]? _after;
    private int _nextBefore, _nextAfter;
    private bool _isDaoChanged, _isPaid;

    /// <summary>Why the block is invalid.</summary>
    public BlockError Error { get; private set; }

    /// <summary>EIP-7685: what the system contracts returned, each with its type byte, the empty ones left out.</summary>
    public IReadOnlyList<byte[]> Requests => _requests;

    public ExecutionStatus RunBefore()
    {
        if (!_isDaoChanged)
        {
            if (_system.ChangeDaoState(world) == StepOutcome.StateMiss)
            {
                return ExecutionStatus.StateMiss;
            }
            if (DaoFork.ChangesStateAt(environment.Spec, environment.Header.Number))
            {
                record(0, default);
            }
            _isDaoChanged = true;
        }
        _before ??= [.. _system.BeforeTransactions()];
        for (; _nextBefore < _before.Length; _nextBefore++)
        {
            var (contract, input) = _before[_nextBefore];
            // EIP-4788, EIP-2935: without code, or when the call fails, nothing happens.
            if (_system.Call(world, in contract, input, out _, tracer) == StepOutcome.StateMiss)
            {
                return ExecutionStatus.StateMiss;
            }
            record(0, SystemContracts.SystemAddress);
        }
        return ExecutionStatus.Complete;
    }

    /// <param name="index">The block access index after the last transaction.</param>
    public ExecutionStatus RunAfter(uint index)
    {
        if (!_isPaid)
        {
            if (_system.PayBeneficiaries(world, ommers) == StepOutcome.StateMiss)
            {
                return ExecutionStatus.StateMiss;
            }
            record(index, default);
            _isPaid = true;
        }
        _after ??= [.. _system.AfterTransactions()];
        for (; _nextAfter < _after.Length; _nextAfter++)
        {
            var (contract, type) = _after[_nextAfter];
            var outcome = _system.Call(world, in contract, [], out var output, tracer);
            switch (outcome)
            {
                case StepOutcome.StateMiss:
                    return ExecutionStatus.StateMiss;
                case StepOutcome.NoCode when environment.Spec.RequireSystemContracts:
                    Error = new BlockError(BlockErrorCode.SystemContractMissing, Index: _nextAfter);
                    return ExecutionStatus.Invalid;
                case StepOutcome.Failed:
                    Error = new BlockError(BlockErrorCode.SystemCallFailed, Index: _nextAfter);
                    return ExecutionStatus.Invalid;
                default:
                    if (!output.IsEmpty)
                    {
                        _requests.Add([type, .. output.Span]);
                    }
                    break;
            }
            record(index, SystemContracts.SystemAddress);
        }
        return ExecutionStatus.Complete;
    }
}

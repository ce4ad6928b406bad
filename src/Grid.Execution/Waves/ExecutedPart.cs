using Grid.Chain;
using Grid.Evm;
using Grid.Primitives;
using Grid.State;

namespace Grid.Execution.Waves;

/// <summary>A part of a block that is executed over the state before the block, and what it read and left. One thread at a time.</summary>
internal abstract class ExecutedPart : IResumable
{
    private readonly OwnRecord _own;

    protected ExecutedPart(TransactionExecutor executor, Fork fork, IStateReader reader, ExecutionMemory memory)
    {
        Memory = memory;
        World = memory.World(reader, fork);
        Builder = memory.Accesses();
        Log = memory.Touches();
        _own = new OwnRecord(Builder, World, Log);
        Discovery = new MissDiscovery(executor, World, fork);
    }

    public ExecutionMemory Memory { get; }

    public TransactionWorld World { get; }

    /// <summary>What the part read and left, once it is complete.</summary>
    public virtual PartRecord Record => _own;

    protected AccessListBuilder Builder { get; }

    protected TouchLog Log { get; }

    public IReadOnlyCollection<StateMiss> Misses => Discovery.Misses;

    protected MissDiscovery Discovery { get; }

    public ExecutionStatus Run()
    {
        Discovery.Clear();
        var status = RunSteps();
        if (status == ExecutionStatus.Complete)
        {
            _own.Complete();
        }
        return status;
    }

    public void Continue(IStateReader reader) => World.Reader = reader;

    protected abstract ExecutionStatus RunSteps();

    protected void Keep(uint index, Address except)
    {
        Builder.Record(index, World, in except);
        Log.Record(index, World, in except);
    }
}

/// <summary>What a block does before or after its transactions.</summary>
internal sealed class SystemPart : ExecutedPart
{
    private readonly BlockEnvironment _environment;
    private readonly SystemSteps _steps;
    private readonly uint? _indexAfter;

    /// <param name="indexAfter">The block access index after the last transaction; null for what comes before the first.</param>
    public SystemPart(
        TransactionExecutor executor, BlockHeader[] ommers, IStateReader reader, ExecutionMemory memory, uint? indexAfter)
        : base(executor, executor.Environment.Fork, reader, memory)
    {
        _environment = executor.Environment;
        _indexAfter = indexAfter;
        _steps = new SystemSteps(_environment, ommers, World, Keep);
    }

    /// <summary>EIP-7685: what the system contracts returned.</summary>
    public IReadOnlyList<byte[]> Requests => _steps.Requests;

    /// <summary>Whether a step failed, so that the block is invalid if all before it is right.</summary>
    public bool HasFailed { get; private set; }

    protected override ExecutionStatus RunSteps()
    {
        var status = _indexAfter is { } index ? _steps.RunAfter(index) : _steps.RunBefore();
        if (status == ExecutionStatus.StateMiss)
        {
            Discovery.Discover([], -1);
            foreach (var withdrawal in _environment.Withdrawals)
            {
                if (!World.Reader.TryGetAccount(withdrawal.Address, out _))
                {
                    Discovery.Misses.Add(new StateMiss(MissKind.Account, withdrawal.Address, default, default));
                }
            }
        }
        HasFailed = status == ExecutionStatus.Invalid;
        return HasFailed ? ExecutionStatus.Complete : status;
    }
}

/// <summary>
/// Transactions of a block that run one after the other, in block order: each sees what those before it in the batch left. They run here, or
/// somebody else runs them over the same state and says what came of it.
/// </summary>
internal sealed class Batch : ExecutedPart, ISendable
{
    private readonly TransactionExecutor _executor;
    private readonly IReadOnlyList<Transaction> _transactions;
    private readonly TransactionResult[] _results;
    private readonly int[] _steps;
    private readonly AccountWarmer _warmer = new();
    private readonly Func<int, Transaction> _transactionAt;
    private int _next;
    private SentRecord? _sent;

    /// <param name="transactions">All of the block; those of other batches aren't looked at.</param>
    /// <param name="members">Places of the batch's transactions in the block, ascending.</param>
    public Batch(
        TransactionExecutor executor, IReadOnlyList<Transaction> transactions, int[] members, IStateReader reader, ExecutionMemory memory)
        : base(executor, executor.Environment.Fork, reader, memory)
    {
        _executor = executor;
        _transactions = transactions;
        _transactionAt = member => transactions[members[member]];
        Members = members;
        _results = new TransactionResult[members.Length];
        _steps = new int[members.Length];
    }

    public int[] Members { get; }

    /// <summary>Whether somebody else ran it.</summary>
    public bool WasSent => _sent is not null;

    public override PartRecord Record => _sent ?? base.Record;

    public ref readonly TransactionResult Result(int member) => ref _results[member];

    /// <summary>The number of the transaction's step in the log; negative where it wasn't executed.</summary>
    public int StepOf(int member) => _steps[member];

    public void Adopt(ReadOnlySpan<byte> outcome)
    {
        var decoded = BatchOutcome.Decode(outcome, Members, _transactions);
        decoded.Results.CopyTo(_results, 0);
        decoded.Steps.CopyTo(_steps, 0);
        _sent = decoded.Record;
        _next = Members.Length;
    }

    /// <summary>What came of it, for who asked for it: once it is complete.</summary>
    public byte[] Encode() => BatchOutcome.Encode(_results, Members, (OwnRecord)base.Record);

    /// <summary>
    /// As if all transactions before were in the block, and had left all of its gas: both is looked at again when their order is known.
    /// </summary>
    protected override ExecutionStatus RunSteps()
    {
        for (; _next < Members.Length; _next++)
        {
            var place = Members[_next];
            _warmer.Warm(World.Reader, _next, Members.Length, _transactionAt);
            var result = _executor.Execute(_transactions[place], World, 0, 0);
            if (result.Outcome == TransactionOutcome.StateMiss)
            {
                Discovery.Discover(Members.Skip(_next).Select(member => _transactions[member]), _next);
                return ExecutionStatus.StateMiss;
            }
            _steps[_next] = -1;
            if (result.Outcome == TransactionOutcome.Executed)
            {
                _steps[_next] = Log.StepCount;
                Keep((uint)place + 1, default);
            }
            _results[_next] = result;
        }
        return ExecutionStatus.Complete;
    }
}

using Grid.Chain;
using Grid.Evm;
using Grid.Execution.Waves;
using Grid.Primitives;
using Grid.State;

namespace Grid.Execution;

/// <summary>What becomes of an invalid transaction.</summary>
public enum ExecutionMode : byte
{
    /// <summary>A block is made: it is passed over, with its reason.</summary>
    Build,

    /// <summary>A given block is executed: the block is invalid.</summary>
    Import,
}

/// <summary>Where an execution stands.</summary>
public enum ExecutionStatus : byte
{
    /// <summary>All is done: <see cref="SequentialExecutor.Result"/>.</summary>
    Complete,

    /// <summary>State isn't at hand: bring <see cref="SequentialExecutor.Misses"/>, and run again from where it stopped.</summary>
    StateMiss,

    /// <summary>The block is invalid: <see cref="SequentialExecutor.Error"/>.</summary>
    Invalid,
}

/// <summary>
/// Executes a block's transactions one after the other over a state that doesn't change: the plain meaning of a block, against which all
/// else is measured. On a state miss it stops before the transaction that missed and keeps what it has, so that it goes on from
/// there when the state is there. One thread at a time; no I/O, no clock.
/// </summary>
public sealed class SequentialExecutor : IResumable
{
    /// <summary>EIP-7934's limit less this is what transactions may take, in bytes: a header, list headers and withdrawals fit the rest.</summary>
    private const int ReservedBlockBytes = 16 * 1024;

    /// <summary>EIP-7934: bytes that the transactions of a block that is built may take.</summary>
    internal const int TransactionBytesMax = HeaderRules.MaxBlockLength - ReservedBlockBytes;

    private readonly BlockEnvironment _environment;
    private readonly ExecutionMode _mode;
    private readonly IReadOnlyList<Transaction> _transactions;
    private readonly BlockHeader[] _ommers;
    private readonly TransactionExecutor _executor;
    private readonly MissDiscovery _discovery;
    private readonly AccountWarmer _warmer = new();
    private readonly Func<int, Transaction> _transactionAt;
    private readonly TransactionWorld _world;
    private readonly AccessListBuilder _accesses;
    private readonly List<Transaction> _included;
    private readonly List<Receipt> _receipts;
    private readonly List<RejectedTransaction> _rejected = [];
    private readonly List<BlockAccessList> _intermediateLists = [];
    private SystemSteps? _steps;
    private int _next;
    private byte[]? _deposits;
    private ulong _gasUsed, _blobGasUsed;
    private long _bytesUsed;

    /// <param name="transactions">In block order; senders that aren't known are recovered here, one by one.</param>
    /// <param name="ommers">Rewarded before Paris.</param>
    /// <param name="memory">Tables to use again; this execution's until its result is read.</param>
    /// <param name="intermediateRoot">The state root after each transaction, for receipts before Byzantium; null for receipts with a status.</param>
    public SequentialExecutor(
        BlockEnvironment environment, ExecutionMode mode, IReadOnlyList<Transaction> transactions, IStateReader reader,
        BlockHeader[]? ommers = null, Func<JournaledOverlay, Hash256>? intermediateRoot = null, ExecutionMemory? memory = null)
    {
        _environment = environment;
        _mode = mode;
        _transactions = transactions;
        _transactionAt = index => transactions[index];
        _ommers = ommers ?? [];
        _executor = new TransactionExecutor(environment) { IntermediateRoot = intermediateRoot };
        memory ??= new ExecutionMemory();
        _world = memory.World(reader, environment.Fork);
        _accesses = memory.Accesses();
        _discovery = new MissDiscovery(_executor, _world, environment.Fork);
        _included = new List<Transaction>(transactions.Count);
        _receipts = new List<Receipt>(transactions.Count);
    }

    /// <summary>
    /// Keeps the access list up to each transaction: for receipts with state roots (before Byzantium) where whoever executes doesn't have the
    /// tries. Costs a list for each transaction.
    /// </summary>
    public bool KeepsIntermediateLists { get; init; }

    /// <summary>What is missing, each once; empty unless the status is StateMiss.</summary>
    public IReadOnlyCollection<StateMiss> Misses => _discovery.Misses;

    /// <summary>Who watches the transactions and system calls that are executed; null for nobody.</summary>
    public ITracer? Tracer { get; init; }

    /// <summary>
    /// Outcomes of transactions that were executed before, elsewhere, and are taken over where they are right here; null for none. The oracle
    /// has none.
    /// </summary>
    internal ISpeculation? Speculation { get; init; }

    /// <summary>Why the block is invalid.</summary>
    public BlockError Error { get; private set; }

    /// <summary>Null until the execution is complete.</summary>
    public BlockExecution? Result { get; private set; }

    /// <summary>Replaces the reader by one of the same state that has more of it at hand, before going on.</summary>
    public void Continue(IStateReader reader)
    {
        _world.Reader = reader;
    }

    /// <summary>
    /// Runs until all is done, state is missing, or the block turns out to be invalid. On a miss all later transactions are tried
    /// as well, and undone, so that one fetch brings most of what they need; what may be asked for is bounded by their gas.
    /// </summary>
    public ExecutionStatus Run()
    {
        _discovery.Clear();
        var status = Steps.RunBefore();
        if (status == ExecutionStatus.Complete)
        {
            status = RunTransactions();
        }
        if (status == ExecutionStatus.Complete)
        {
            status = RunAfter();
        }
        switch (status)
        {
            case ExecutionStatus.Complete:
                Result ??= MakeResult();
                break;
            case ExecutionStatus.StateMiss:
                Discover();
                break;
            default:
                break;
        }
        return status;
    }

    /// <summary>What the executed transactions changed so far against the state below: for intermediate roots, tests and tools.</summary>
    public List<AccountChange> CollectChanges() => _world.CollectChanges();

    /// <summary>Made on first use, when the tracer is known.</summary>
    private SystemSteps Steps => _steps ??= new SystemSteps(_environment, _ommers, _world, (index, except) => _accesses.Record(index, _world, in except), Tracer);

    private ExecutionStatus RunTransactions()
    {
        for (; _next < _transactions.Count; _next++)
        {
            var transaction = _transactions[_next];
            _warmer.Warm(_world.Reader, _next, _transactions.Count, _transactionAt);
            var error = CheckRoom(transaction);
            if (error.IsNone)
            {
                if (Speculation is not { } speculation || !speculation.TryReplay(_next, _world, _gasUsed, _blobGasUsed, out var result))
                {
                    result = _executor.Execute(transaction, _world, _gasUsed, _blobGasUsed, Tracer);
                }
                switch (result.Outcome)
                {
                    case TransactionOutcome.Executed:
                        Include(transaction, in result);
                        continue;
                    case TransactionOutcome.StateMiss:
                        return ExecutionStatus.StateMiss;
                    default:
                        error = result.Error;
                        break;
                }
            }
            if (_mode == ExecutionMode.Import)
            {
                return Fail(BlockError.OfTransaction(_next, error));
            }
            _rejected.Add(new RejectedTransaction(_next, error));
        }
        return ExecutionStatus.Complete;
    }

    /// <summary>EIP-7934: whether a block that is built has room for the transaction's bytes.</summary>
    private TransactionError CheckRoom(Transaction transaction) =>
        _mode == ExecutionMode.Build && _bytesUsed + transaction.Encoded.Length > TransactionBytesMax
            ? new TransactionError(TransactionErrorCode.BlockSizeExceeded, transaction.Encoded.Length, (ulong)(TransactionBytesMax - _bytesUsed))
            : default;

    private void Include(Transaction transaction, in TransactionResult result)
    {
        _gasUsed += result.GasUsed;
        _blobGasUsed += transaction.BlobGas;
        _bytesUsed += transaction.Encoded.Length;
        _included.Add(transaction);
        _receipts.Add(result.Receipt!);
        _accesses.Record((uint)_included.Count, _world);
        if (KeepsIntermediateLists)
        {
            _intermediateLists.Add(_accesses.Build());
        }
    }

    private ExecutionStatus RunAfter()
    {
        if (_deposits is null)
        {
            _deposits = [];
            if (_environment.Fork >= Fork.Prague && !DepositRequests.TryCollect(_receipts, _environment.Spec.DepositContract, out _deposits))
            {
                return Fail(new BlockError(BlockErrorCode.InvalidDepositEvent));
            }
        }
        var status = Steps.RunAfter((uint)_included.Count + 1);
        return status == ExecutionStatus.Invalid ? Fail(Steps.Error) : status;
    }

    private ExecutionStatus Fail(BlockError error)
    {
        Error = error;
        return ExecutionStatus.Invalid;
    }

    private void Discover()
    {
        _discovery.Discover(_transactions.Skip(_next), _next);
        foreach (var withdrawal in _environment.Withdrawals)
        {
            if (!_world.Reader.TryGetAccount(withdrawal.Address, out _))
            {
                _discovery.Misses.Add(new StateMiss(MissKind.Account, withdrawal.Address, default, default));
            }
        }
    }

    private BlockExecution MakeResult() => new()
    {
        Environment = _environment,
        Transactions = [.. _included],
        Receipts = [.. _receipts],
        Rejected = [.. _rejected],
        GasUsed = _gasUsed,
        BlobGasUsed = _blobGasUsed,
        AccessList = _accesses.Build(),
        Requests = [.. _deposits is { Length: > 1 } deposits ? [deposits] : Array.Empty<byte[]>(), .. Steps.Requests],
        IntermediateLists = [.. _intermediateLists],
    };
}

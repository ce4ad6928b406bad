using Grid.Chain;
using Grid.Evm;
using Grid.Execution.Profiles;
using Grid.Primitives;
using Grid.State;

namespace Grid.Execution.Waves;

/// <summary>A piece of work for a lane.</summary>
/// <param name="Work">Run it until it is complete; where state is missing, bring it and go on.</param>
/// <param name="Gas">Gas units that it is expected to take: the heaviest go first.</param>
/// <param name="Anchor">The account in whose grain's turn it is best done; null for anywhere.</param>
/// <param name="Site">The process that has most of the state that it needs (<see cref="ExecutionSites"/>); negative for work that only the planner's own can do.</param>
public sealed record LaneWork(IResumable Work, ulong Gas, Address? Anchor = null, int Site = -1)
{
    /// <summary>Whether it finds out by itself what state it needs, all at once: there is nothing to predict, and nothing to fetch beforehand.</summary>
    public bool FindsItsState { get; init; }
}

/// <summary>
/// Executes a block in waves: a plan, its batches at once over the state before the block, and their outcomes put together; or, where the block's access
/// list is at hand, without a plan (<see cref="ListedExecution"/>). Whoever has the lanes asks for the next wave's work, does it on any threads, and asks again.
/// </summary>
/// <remarks>
/// Why the result is that of sequential execution, whatever the plan and the timing:
/// (1) A batch reads the state before the block, which doesn't change, and what its own earlier transactions left; no two parts share
/// anything that is written, so no outcome depends on timing.
/// (2) A part's outcome stands only if, in block order, each value that one of its transactions read is what the last writer before it left.
/// Where a place is in one part only, that holds by (1). Where it is in several, <see cref="PartConflicts"/> compares value by value.
/// (3) Otherwise the sequential executor goes through the block, and takes an outcome over only where all that it read is there
/// (<see cref="BatchSpeculation"/>); the others it executes itself. That pass knows nothing of how the outcomes came to be.
/// Ownership: this object belongs to one thread at a time, which is whoever awaits the wave; each piece of work to the thread that runs it.
/// </remarks>
public sealed class ParallelExecution
{
    /// <summary>Batches that are probed, and the part of the block's transactions that is taken of each: one in so many.</summary>
    private const int ProbeBatches = 2, ProbeShare = 32;

    private enum Stage : byte
    {
        Start,
        Load,
        Listed,
        Probe,
        Wave,
        OneStrand,
        Done,
    }

    private readonly BlockEnvironment _environment;
    private readonly ExecutionMode _mode;
    private readonly IReadOnlyList<Transaction> _transactions;
    private readonly IStateReader _reader;
    private readonly BlockHeader[] _ommers;
    private readonly IAccessPredictor _predictor;
    private readonly ParallelSettings _settings;
    private readonly ExecutionMemoryPool _memories;
    private readonly TransactionExecutor _executor;
    private Stage _stage;
    private ExecutionPlan _plan = new();
    private SystemPart? _before, _after;
    private Batch[] _batches = [];
    private int _probed;
    private BatchSpeculation? _speculation;
    private SequentialExecutor? _oneStrand;
    private ExecutionMemory? _oneStrandMemory;
    private FallbackReason _fallback;
    private ListedExecution? _listed;
    private AccessListUse _listUse;

    /// <param name="transactions">In block order.</param>
    /// <param name="reader">The state before the block; safe for any number of threads.</param>
    /// <param name="ommers">Rewarded before Paris.</param>
    public ParallelExecution(
        BlockEnvironment environment, ExecutionMode mode, IReadOnlyList<Transaction> transactions, IStateReader reader,
        IAccessPredictor predictor, ParallelSettings settings, ExecutionMemoryPool memories, BlockHeader[]? ommers = null)
    {
        _environment = environment;
        _mode = mode;
        _transactions = transactions;
        _reader = reader;
        _predictor = predictor;
        _settings = settings;
        _memories = memories;
        _ommers = ommers ?? [];
        _executor = new TransactionExecutor(environment);
    }

    /// <summary>Who has which part of the state; batches don't mix what is at different places.</summary>
    public ExecutionSites Sites { get; init; } = ExecutionSites.One;

    /// <summary>
    /// The block's access list in EIP-7928's form, from whoever has it; empty where nobody has. Only speed depends on it: it is checked, and a wrong one is as none.
    /// </summary>
    public ReadOnlyMemory<byte> AccessList { get; init; }

    /// <summary>Keeps the access list up to each transaction: as in the sequential executor, which such blocks go to.</summary>
    public bool KeepsIntermediateLists { get; init; }

    /// <summary>The state root after each transaction, for receipts before Byzantium; such blocks go to the sequential executor.</summary>
    public Func<JournaledOverlay, Hash256>? IntermediateRoot { get; init; }

    /// <summary>Null until the execution is complete, and where the block is invalid.</summary>
    public BlockExecution? Result { get; private set; }

    /// <summary>Why the block is invalid.</summary>
    public BlockError Error { get; private set; }

    /// <summary>How it went, once it is done.</summary>
    public ExecutionReport Report { get; private set; } = new();

    /// <summary>The number of the wave that the last call of <see cref="Next"/> returned; 0 before the first.</summary>
    public int Waves { get; private set; }

    /// <summary>
    /// The next wave's work, the heaviest first; empty when the block is done. Computes: belongs on a lane, too. All work of the wave
    /// before is complete.
    /// </summary>
    public IReadOnlyList<LaneWork> Next()
    {
        switch (_stage)
        {
            case Stage.Start:
                return TryStartListed() is { Count: > 0 } load ? load : Start();
            case Stage.Load:
                return ExecuteListed();
            case Stage.Listed:
                return TryFinishListed() ? Finish() : Start();
            case Stage.Probe:
                return ProvesSerial() ? RunAsOneStrand(FallbackReason.Conflict) : StartWave();
            case Stage.Wave:
                return TryMerge() ? Finish() : RunAsOneStrand(_fallback);
            case Stage.OneStrand:
                Result = _oneStrand!.Result;
                Error = _oneStrand.Error;
                return Finish();
            default:
                return [];
        }
    }

    /// <summary>What some of the calls accessed, for who learns from it: valid after the last wave and before <see cref="Release"/>.</summary>
    public List<CallObservation> Observe() => CallSampler.Sample(_transactions, _batches, _speculation?.Repeated ?? []);

    /// <summary>Gives the tables back. Nothing of the waves can be looked at after that; the result stays.</summary>
    public void Release()
    {
        foreach (var part in Parts())
        {
            _memories.Return(part.Memory);
        }
        if (_oneStrandMemory is not null)
        {
            _memories.Return(_oneStrandMemory);
        }
        _listed?.Release();
        (_before, _after, _batches, _oneStrandMemory) = (null, null, [], null);
    }

    /// <summary>The loading of the state that a list names; empty where there is none that can be used.</summary>
    private IReadOnlyList<LaneWork> TryStartListed()
    {
        if (AccessList.IsEmpty || _mode != ExecutionMode.Import)
        {
            return [];
        }
        if (_environment.Fork < Fork.Byzantium)
        {
            _listUse = AccessListUse.Unsupported;
            return [];
        }
        if (!_settings.AlwaysSplits && (_settings.Lanes == 1 || ListedExecution.GasOf(_transactions) < _settings.SmallBlockGas))
        {
            _listUse = AccessListUse.Unneeded;
            return [];
        }
        if (_environment.Header.BlockAccessListHash is { } hash && hash != Crypto.Keccak256.Hash(AccessList.Span))
        {
            _listUse = AccessListUse.Wrong;
            return [];
        }
        if (ListedState.TryDecode(_environment, AccessList.Span, out _listUse) is not { } state)
        {
            return [];
        }
        _listed = new ListedExecution(
            state, _environment, _transactions, _reader, _ommers, _memories, _settings.Lanes * _settings.BatchesPerLane);
        _stage = Stage.Load;
        Waves++;
        return _listed.Load() is { Count: > 0 } load ? load : ExecuteListed();
    }

    private IReadOnlyList<LaneWork> ExecuteListed()
    {
        _stage = Stage.Listed;
        if (_listed!.Execute() is { Count: > 0 } work)
        {
            Waves++;
            return work;
        }
        _listUse = AccessListUse.Wrong;
        return Start();
    }

    private bool TryFinishListed()
    {
        Result = _listed!.Finish();
        _listUse = Result is null ? AccessListUse.Wrong : AccessListUse.Used;
        return Result is not null;
    }

    private IReadOnlyList<LaneWork> Start()
    {
        if (_environment.Fork < Fork.Byzantium)
        {
            return RunAsOneStrand(FallbackReason.ReceiptsWithRoots);
        }
        if (_settings is { Lanes: 1, AlwaysSplits: false })
        {
            return RunAsOneStrand(FallbackReason.OneLane);
        }
        var planner = _memories.TakePlanner();
        _plan = planner.Plan(_transactions, _reader, _predictor, _settings, Sites);
        _memories.Return(planner);
        if (_plan.Fallback != FallbackReason.None)
        {
            return RunAsOneStrand(_plan.Fallback);
        }
        // Where most calls are unknown, a few of them tell beforehand whether they conflict.
        return _plan.Unknown * 2 > _transactions.Count && _plan.Batches.Length >= ProbeBatches * 2 ? StartProbe() : StartWave();
    }

    /// <summary>The first transactions of some batches, beside each other, as they would be in the wave.</summary>
    private IReadOnlyList<LaneWork> StartProbe()
    {
        _stage = Stage.Probe;
        Waves++;
        var count = Math.Max(1, _transactions.Count / ProbeShare);
        _batches = Array.ConvertAll(
            _plan.Batches[..ProbeBatches],
            batch => new Batch(_executor, _transactions, batch.Members[..Math.Min(count, batch.Members.Length)], _reader, _memories.Take()));
        _probed = _batches.Sum(batch => batch.Members.Length);
        return Array.ConvertAll(_batches, batch => new LaneWork(batch, 0));
    }

    private bool ProvesSerial()
    {
        if (Merge(Array.ConvertAll(_batches, batch => batch.Record)) is null)
        {
            return true;
        }
        foreach (var batch in _batches)
        {
            _memories.Return(batch.Memory);
        }
        return false;
    }

    private IReadOnlyList<LaneWork> StartWave()
    {
        _stage = Stage.Wave;
        Waves++;
        _before = new SystemPart(_executor, _ommers, _reader, _memories.Take(), null);
        _after = new SystemPart(_executor, _ommers, _reader, _memories.Take(), (uint)_transactions.Count + 1);
        _batches = Array.ConvertAll(_plan.Batches, batch => new Batch(_executor, _transactions, batch.Members, _reader, _memories.Take()));
        var work = new List<LaneWork>(_batches.Length + 2);
        for (var i = 0; i < _batches.Length; i++)
        {
            work.Add(new LaneWork(_batches[i], _plan.Batches[i].Gas, _plan.Batches[i].Anchor, _plan.Batches[i].Site));
        }
        work.Sort(static (a, b) => b.Gas.CompareTo(a.Gas));
        work.Add(new LaneWork(_before, 0));
        work.Add(new LaneWork(_after, 0));
        return work;
    }

    private IReadOnlyList<LaneWork> RunAsOneStrand(FallbackReason reason)
    {
        _stage = Stage.OneStrand;
        _fallback = reason;
        Waves++;
        _speculation = _batches.Length > 0 ? new BatchSpeculation(_environment, _transactions, _batches) : null;
        _oneStrandMemory = _memories.Take();
        _oneStrand = new SequentialExecutor(_environment, _mode, _transactions, _reader, _ommers, IntermediateRoot, _oneStrandMemory)
        {
            KeepsIntermediateLists = KeepsIntermediateLists,
            Speculation = _speculation,
        };
        return [new LaneWork(_oneStrand, _plan.Gas)];
    }

    private IReadOnlyList<LaneWork> Finish()
    {
        _stage = Stage.Done;
        var listed = _listUse == AccessListUse.Used;
        Report = new ExecutionReport
        {
            Transactions = _transactions.Count,
            // A probe's are thrown away, unless it proved something, and those on a wrong list; the ordered pass executes what no batch had, too.
            Executions = (listed ? 0 : _transactions.Count) + (_listed?.Executed ?? 0) + (_speculation?.Repeated.Count ?? 0)
                + (_before is null && _batches.Length > 0 ? 0 : _probed),
            Waves = Waves,
            Strands = listed ? _transactions.Count : _plan.Strands,
            LargestStrand = listed ? Math.Min(1, _transactions.Count) : _plan.LargestStrand,
            Batches = Math.Max(1, listed ? _listed!.Batches : _batches.Length),
            Anchored = _plan.Batches.Count(batch => batch.Anchor is not null),
            Sent = _batches.Sum(batch => batch.WasSent ? batch.Members.Length : 0),
            PlannedGas = _plan.Gas,
            CriticalGas = _plan.CriticalGas,
            Unknown = _plan.Unknown,
            Fallback = _fallback,
            AccessList = _listUse,
        };
        return [];
    }

    private IEnumerable<ExecutedPart> Parts()
    {
        if (_before is not null)
        {
            yield return _before;
        }
        foreach (var batch in _batches)
        {
            yield return batch;
        }
        if (_after is not null)
        {
            yield return _after;
        }
    }

    /// <summary>Puts the wave's outcomes together where all of them stand.</summary>
    private bool TryMerge()
    {
        if (CollectReceipts() is not { } receipts
            || !BlockAdmission.TryAdmit(_environment, _mode, _transactions, receipts, out var gasUsed, out var blobGasUsed)
            || !BlockAdmission.TryCollectRequests(_environment, receipts, _after!.Requests, out var requests)
            || _after.HasFailed)
        {
            _fallback = FallbackReason.Rejection;
            return false;
        }
        PartRecord[] parts = [.. Parts().Select(part => part.Record)];
        if (Merge(parts) is not { } list)
        {
            _fallback = FallbackReason.Conflict;
            return false;
        }
        Result = new BlockExecution
        {
            Environment = _environment,
            Transactions = [.. _transactions],
            Receipts = receipts,
            Rejected = [],
            GasUsed = gasUsed,
            BlobGasUsed = blobGasUsed,
            AccessList = list,
            Requests = requests,
        };
        return true;
    }

    private BlockAccessList? Merge(PartRecord[] parts) => AccessListMerge.TryMerge(
        Array.ConvertAll(parts, part => part.List), () => new PartConflicts(parts), Math.Min(_settings.Lanes, Environment.ProcessorCount),
        _settings.AlwaysSplits ? 1 : AccessListMerge.AccountsWorthAThread);

    /// <summary>By the transactions' order; null where one has no place in the block.</summary>
    private Receipt[]? CollectReceipts()
    {
        var receipts = new Receipt[_transactions.Count];
        foreach (var batch in _batches)
        {
            for (var i = 0; i < batch.Members.Length; i++)
            {
                if (batch.Result(i).Receipt is not { } receipt)
                {
                    return null;
                }
                receipts[batch.Members[i]] = receipt;
            }
        }
        return receipts;
    }
}

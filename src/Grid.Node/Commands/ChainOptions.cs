using System.CommandLine;
using System.Net;
using Grid.Node.Hosting;
using Grid.Node.Hosting.Limits;
using Grid.Primitives;

namespace Grid.Node.Commands;

/// <summary>What the processes that hold a part of the chain can be asked for.</summary>
internal sealed class ChainOptions
{
    private const int DefaultBlockTimeMs = 1_000, MaxBlockTimeMs = 24 * 60 * 60 * 1_000;

    private readonly Option<FileInfo> _genesis = CommonOptions.File("--genesis", "A genesis.json as geth has it. Without it: the chain that is kept already, or a development chain with ten funded accounts.");
    private readonly Option<bool> _archive = CommonOptions.Archive();

    private readonly Option<int?> _memory = new("--memory")
    {
        Description = "MiB that the process may take: what of the state isn't in use is then dropped, and read again from where the chain is kept. Without it: all that it needs.", HelpName = "MIB",
    };

    private readonly Option<int> _blockTime = new("--block-time")
    {
        Description = "Milliseconds between blocks; 0 makes a block as soon as a transaction waits.", HelpName = "MS", DefaultValueFactory = _ => DefaultBlockTimeMs,
    };

    private readonly Option<int> _lanes = CommonOptions.Lanes("Threads that execute transactions.");

    private readonly Option<string> _beneficiary = new("--beneficiary") { Description = "Who is paid the priority fees. Without it: the genesis block's coinbase.", HelpName = "ADDR" };

    private readonly Option<string> _limits = LimitsCommand.CreateOption();
    private readonly Option<Uri?> _collector = CommonOptions.Collector();

    public ChainOptions()
    {
        CommonOptions.Check(_blockTime, time => time is >= 0 and <= MaxBlockTimeMs, $"--block-time takes 0 to {MaxBlockTimeMs} milliseconds.");
        CommonOptions.Check(_beneficiary, text => Address.TryParse(text, out _), "--beneficiary takes an address: 0x and 40 hexadecimal digits.");
        CommonOptions.Check(
            _memory, mib => mib is null or (>= MemoryPlan.LimitMibMin and <= MemoryPlan.LimitMibMax), $"--memory takes {MemoryPlan.LimitMibMin} to {MemoryPlan.LimitMibMax} MiB.");
    }

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _genesis, _archive, _memory, _blockTime, _lanes, _beneficiary, _limits, _collector })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The genesis file's path; null where none is given.</summary>
    public string? GenesisOf(ParseResult parsed) => parsed.GetValue(_genesis)?.FullName;

    public bool IsArchive(ParseResult parsed) => parsed.GetValue(_archive);

    public ChosenLimits LimitsOf(ParseResult parsed) => LimitsCommand.Of(parsed, _limits);

    public MemoryPlan? PlanOf(ParseResult parsed) => parsed.GetValue(_memory) is { } mib ? new MemoryPlan(mib) : null;

    /// <summary>All that was asked for, of a chain that is installed.</summary>
    /// <param name="listen">Where HTTP is served.</param>
    /// <param name="storage">What the chain is kept in: for people.</param>
    public NodeOptions Of(ParseResult parsed, ChainOrigin origin, IPEndPoint listen, string storage) => new(
        origin.Genesis,
        origin.IsDevelopment,
        listen,
        TimeSpan.FromMilliseconds(parsed.GetValue(_blockTime)),
        parsed.GetValue(_lanes),
        parsed.GetValue(_beneficiary) is { } address ? Address.Parse(address) : origin.Genesis.Coinbase,
        storage,
        PlanOf(parsed),
        IsArchive(parsed),
        LimitsOf(parsed),
        parsed.GetValue(_collector));
}

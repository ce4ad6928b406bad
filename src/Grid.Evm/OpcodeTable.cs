using Grid.Evm.Precompiles;

namespace Grid.Evm;

/// <summary>What a fork makes of each byte of code, and of each precompile's address. One instance for each fork that differs.</summary>
internal abstract class OpcodeTable
{
    /// <summary>256 rows; what is no opcode has a row that halts.</summary>
    public abstract OpcodeRow[] Rows { get; }

    public abstract PrecompileTable Precompiles { get; }

    /// <summary>Begins a transaction's call; see <see cref="Message"/>.</summary>
    public abstract Frame? BeginCall(Machine machine, Frame root, long gas);

    /// <summary>Begins a transaction's creation; see <see cref="Message"/>.</summary>
    public abstract Frame? BeginCreation(Machine machine, Frame root, long gas);

    public static OpcodeTable Of(Fork fork) => fork switch
    {
        Fork.Frontier => OpcodeTable<Frontier>.Instance,
        Fork.Homestead or Fork.Dao => OpcodeTable<Homestead>.Instance,
        Fork.TangerineWhistle => OpcodeTable<TangerineWhistle>.Instance,
        Fork.SpuriousDragon => OpcodeTable<SpuriousDragon>.Instance,
        Fork.Byzantium => OpcodeTable<Byzantium>.Instance,
        Fork.Constantinople => OpcodeTable<Constantinople>.Instance,
        Fork.Petersburg => OpcodeTable<Petersburg>.Instance,
        Fork.Istanbul or Fork.MuirGlacier => OpcodeTable<Istanbul>.Instance,
        Fork.Berlin => OpcodeTable<Berlin>.Instance,
        Fork.London or Fork.ArrowGlacier or Fork.GrayGlacier => OpcodeTable<London>.Instance,
        Fork.Paris => OpcodeTable<Paris>.Instance,
        Fork.Shanghai => OpcodeTable<Shanghai>.Instance,
        Fork.Cancun => OpcodeTable<Cancun>.Instance,
        Fork.Prague => OpcodeTable<Prague>.Instance,
        Fork.Osaka or Fork.Bpo1 or Fork.Bpo2 or Fork.Bpo3 or Fork.Bpo4 => OpcodeTable<Osaka>.Instance,
        Fork.Amsterdam => OpcodeTable<Amsterdam>.Instance,
        _ => throw new ArgumentOutOfRangeException(nameof(fork), fork, "No such fork."),
    };
}

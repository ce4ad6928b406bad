using Grid.Crypto;
using Grid.Evm;
using Grid.Primitives;

namespace Grid.Node.Bench.Block.Workloads;

/// <summary>Calls that compute for long, and write one cell.</summary>
internal sealed class ComputeKind : IWorkloadKind
{
    /// <summary>
    /// memory[0] = caller; word 0 after the selector times: memory[0] = keccak256(memory[0]); slot[word 1] = memory[0]. 72 gas a round.
    /// </summary>
    private const string Code = "335f526004355b60205f205f5260019003806006575f516024355500";

    /// <summary>Of keep(uint256,uint256): the contract doesn't ask for it, but calls have one.</summary>
    private static readonly byte[] Selector = Keccak256.Hash("keep(uint256,uint256)"u8).Span[..4].ToArray();

    private const int RoundsMax = 100_000;

    public string Name => "compute";

    public string Summary => "calls of one contract that hash a word again and again and keep what comes out in a cell.";

    public string Conflict => "conflict % keep it in the same cell; the others each in one that only they use.";

    public IReadOnlyList<WorkloadParameter> Parameters { get; } = [WorkloadParameter.Conflict, new("rounds", 2_000, 1, RoundsMax, "hashes a call, each of 72 gas")];

    public int Transactions => 1_000;

    public ITransactionSource Open(WorkloadValues values, WorkloadScene scene) => new Source(values, scene);

    private sealed class Source : ITransactionSource
    {
        private const ulong GasMin = 60_000, GasPerRound = 72;

        private readonly WorkloadScene _scene;
        private readonly Share _conflict;
        private readonly Address _contract;
        private readonly int _rounds;

        public Source(WorkloadValues values, WorkloadScene scene)
        {
            _scene = scene;
            _conflict = new Share(values.ConflictPercent);
            _rounds = values.Whole("rounds");
            var code = Hex.Decode(Code);
            _contract = scene.Deploy(new Bytecode(code, Keccak256.Hash(code))).Address;
        }

        public Draft Next(int index)
        {
            _scene.Fund(index);
            byte[] data = [.. Selector, .. new byte[64]];
            ((UInt256)(ulong)_rounds).WriteBigEndian(data.AsSpan(4, 32));
            // Numbers that no compiler gives a field: as in a mapping, the cell follows from the call. The one with a top limb is everybody's.
            var cell = _conflict.Next() ? new UInt256(0, 0, 0, 1) : new UInt256(0, (ulong)index + 1, 0, 0);
            cell.WriteBigEndian(data.AsSpan(36, 32));
            return new Draft(_contract, GasMin + (GasPerRound * (ulong)_rounds), UInt256.Zero, data);
        }
    }
}

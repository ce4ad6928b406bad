namespace Grid.Node.Bench.Block.Workloads;

/// <summary>Some of each.</summary>
internal sealed class MixKind : IWorkloadKind
{
    private const int TransfersPercent = 50, Erc20Percent = 30, SwapsPercent = 15, MintPercent = 5;

    public string Name => "mix";

    public string Summary => "transfers (50 %), erc20 (30 %), swaps (15 %) and mint (5 %) in random order.";

    public string Conflict => "conflict % of each kind's transactions conflict, as that kind says, with others of their kind.";

    public IReadOnlyList<WorkloadParameter> Parameters { get; } = [WorkloadParameter.Conflict];

    public int Transactions => 10_000;

    public ITransactionSource Open(WorkloadValues values, WorkloadScene scene) => new Source(values.ConflictPercent, scene);

    private sealed class Source(int conflictPercent, WorkloadScene scene) : ITransactionSource
    {
        private readonly (ITransactionSource Source, int Percent)[] _parts =
        [
            (Open(new TransfersKind(), conflictPercent, scene), TransfersPercent),
            (Open(new Erc20Kind(), conflictPercent, scene), Erc20Percent),
            (Open(new SwapsKind(), conflictPercent, scene), SwapsPercent),
            (Open(new MintKind(), conflictPercent, scene), MintPercent),
        ];

        public Draft Next(int index)
        {
            var point = scene.Dice.Below(100);
            var part = 0;
            while (point >= _parts[part].Percent)
            {
                point -= _parts[part++].Percent;
            }
            return _parts[part].Source.Next(index);
        }

        private static ITransactionSource Open(IWorkloadKind kind, int conflictPercent, WorkloadScene scene) =>
            kind.Open(new WorkloadValues(kind, new Dictionary<string, double> { [WorkloadParameter.ConflictName] = conflictPercent }), scene);
    }
}

using Grid.Primitives;

namespace Grid.Node.Bench.Block.Workloads;

/// <summary>Plain transfers of ether.</summary>
internal sealed class TransfersKind : IWorkloadKind
{
    public string Name => "transfers";

    public string Summary => "plain transfers, each by a sender of its own.";

    public string Conflict =>
        "conflict % pay one of the popular receivers, the r-th most popular with a chance in proportion to 1/r^zipf; the others pay a new account each. "
        + "Credits commute: who executes them as sums has no conflict at any percentage.";

    public IReadOnlyList<WorkloadParameter> Parameters { get; } =
    [
        WorkloadParameter.Conflict,
        new("zipf", 1, 0, 4, "exponent of the popularity", IsWhole: false),
        new("receivers", 1_000, 1, 100_000, "popular receivers"),
    ];

    public int Transactions => 10_000;

    public ITransactionSource Open(WorkloadValues values, WorkloadScene scene) => new Source(values, scene);

    private sealed class Source : ITransactionSource
    {
        private const ulong GasLimit = 21_000;

        private readonly WorkloadScene _scene;
        private readonly Share _conflict;
        private readonly Zipf _popularity;
        private readonly Address[] _popular;

        public Source(WorkloadValues values, WorkloadScene scene)
        {
            _scene = scene;
            _conflict = new Share(values.ConflictPercent);
            _popular = new Address[values.Whole("receivers")];
            _popularity = new Zipf(_popular.Length, values.Number("zipf"));
            for (var i = 0; i < _popular.Length; i++)
            {
                _popular[i] = scene.NewAddress();
                scene.Fund(_popular[i], UInt256.One);
            }
        }

        public Draft Next(int index)
        {
            _scene.Fund(index);
            var receiver = _conflict.Next() ? _popular[_popularity.Next(_scene.Dice)] : _scene.NewAddress();
            return new Draft(receiver, GasLimit, _scene.Dice.Between(1, 1_000_000), []);
        }
    }
}

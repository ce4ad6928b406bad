using Grid.Primitives;

namespace Grid.Node.Bench.Block.Workloads;

/// <summary>Transfers of one ERC-20 token.</summary>
internal sealed class Erc20Kind : IWorkloadKind
{
    public string Name => "erc20";

    public string Summary => "transfers of one ERC-20 token, each by a holder of its own.";

    public string Conflict => "conflict % pay one hot holder, so that each of them reads and writes its balance's slot; the others pay a new holder each, whose slot nobody else touches.";

    public IReadOnlyList<WorkloadParameter> Parameters { get; } = [WorkloadParameter.Conflict];

    public int Transactions => 10_000;

    public ITransactionSource Open(WorkloadValues values, WorkloadScene scene) => new Source(values, scene);

    private sealed class Source : ITransactionSource
    {
        private const ulong GasLimit = 60_000;

        private static readonly UInt256 Wealth = 1_000_000_000;

        private readonly WorkloadScene _scene;
        private readonly Share _conflict;
        private readonly WorkloadToken _token;
        private readonly Address _hot;

        public Source(WorkloadValues values, WorkloadScene scene)
        {
            _scene = scene;
            _conflict = new Share(values.ConflictPercent);
            _token = new WorkloadToken(scene);
            _hot = scene.NewAddress();
            _token.Give(_hot, Wealth);
        }

        public Draft Next(int index)
        {
            _token.Give(_scene.Fund(index), Wealth);
            var receiver = _conflict.Next() ? _hot : _scene.NewAddress();
            var data = WorkloadCode.Call("transfer(address,uint256)", receiver.ToWord(), _scene.Dice.Between(1, 1_000_000));
            return new Draft(_token.Address, GasLimit, UInt256.Zero, data);
        }
    }
}

using Grid.Primitives;

namespace Grid.Node.Bench.Block.Workloads;

/// <summary>Swaps in constant-product pools, through a router.</summary>
internal sealed class SwapsKind : IWorkloadKind
{
    public string Name => "swaps";

    public string Summary => "swaps of two tokens in constant-product pools through a router, each by a trader of its own.";

    public string Conflict =>
        "conflict % trade in one of the shared pools, each as likely as the others, and so touch its reserves and its balances of both tokens; the others trade in a pool that only they use.";

    public IReadOnlyList<WorkloadParameter> Parameters { get; } = [WorkloadParameter.Conflict, new("pools", 16, 1, 10_000, "shared pools")];

    public int Transactions => 5_000;

    public ITransactionSource Open(WorkloadValues values, WorkloadScene scene) => new Source(values, scene);

    private const int Token0Slot = 0, Token1Slot = 1, ReservesSlot = 2;

    private static readonly UInt256 s_reserve = 1_000_000_000_000_000;

    /// <summary>A pool of the two tokens with as much of both.</summary>
    public static Address Deploy(WorkloadScene scene, WorkloadToken token0, WorkloadToken token1)
    {
        var pair = scene.Deploy(WorkloadCode.Pair);
        pair.Set(Token0Slot, token0.Address.ToWord());
        pair.Set(Token1Slot, token1.Address.ToWord());
        pair.Set(ReservesSlot, s_reserve | (s_reserve << 128));
        token0.Give(pair.Address, s_reserve);
        token1.Give(pair.Address, s_reserve);
        return pair.Address;
    }

    private sealed class Source : ITransactionSource
    {
        private const ulong GasLimit = 180_000;

        /// <summary>Of the smallest amount traded: so much deeper is a pool that every swap gives something.</summary>
        private const int TradeMin = 1_000_000, TradeMax = 2_000_000;

        private readonly WorkloadScene _scene;
        private readonly Share _conflict;
        private readonly Address _router;
        private readonly WorkloadToken _token0, _token1;
        private readonly Address[] _shared;

        public Source(WorkloadValues values, WorkloadScene scene)
        {
            _scene = scene;
            _conflict = new Share(values.ConflictPercent);
            _router = scene.Deploy(WorkloadCode.Router).Address;
            (_token0, _token1) = (new WorkloadToken(scene), new WorkloadToken(scene));
            _shared = new Address[values.Whole("pools")];
            for (var i = 0; i < _shared.Length; i++)
            {
                _shared[i] = NewPool();
            }
        }

        public Draft Next(int index)
        {
            var trader = _scene.Fund(index);
            var pool = _conflict.Next() ? _scene.Dice.Pick(_shared) : NewPool();
            var isZeroForOne = _scene.Dice.OneIn(2);
            var sold = isZeroForOne ? _token0 : _token1;
            sold.Give(trader, TradeMax * 2);
            sold.Allow(trader, _router, TradeMax * 2);
            var data = WorkloadCode.Call(
                "swap(address,bool,uint256,uint256)", pool.ToWord(), isZeroForOne ? 1 : 0, _scene.Dice.Between(TradeMin, TradeMax), UInt256.One);
            return new Draft(_router, GasLimit, UInt256.Zero, data);
        }

        private Address NewPool() => Deploy(_scene, _token0, _token1);
    }
}

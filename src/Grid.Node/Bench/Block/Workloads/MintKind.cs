using Grid.Primitives;

namespace Grid.Node.Bench.Block.Workloads;

/// <summary>Mints of numbered tokens (NFTs).</summary>
internal sealed class MintKind : IWorkloadKind
{
    public string Name => "mint";

    public string Summary => "mints of numbered tokens (NFTs), each by a minter of its own.";

    public string Conflict => "conflict % mint from one collection, whose counter each of them reads and raises; the others mint from a collection, with a counter, that only they use.";

    public IReadOnlyList<WorkloadParameter> Parameters { get; } = [WorkloadParameter.Conflict];

    public int Transactions => 10_000;

    public ITransactionSource Open(WorkloadValues values, WorkloadScene scene) => new Source(values, scene);

    private sealed class Source(WorkloadValues values, WorkloadScene scene) : ITransactionSource
    {
        private const ulong GasLimit = 90_000;

        private const int CounterSlot = 0;

        private readonly byte[] _mint = WorkloadCode.Call("mint()");
        private readonly Share _conflict = new(values.ConflictPercent);
        private readonly Address _shared = NewCollection(scene);

        public Draft Next(int index)
        {
            scene.Fund(index);
            return new Draft(_conflict.Next() ? _shared : NewCollection(scene), GasLimit, UInt256.Zero, _mint);
        }

        /// <summary>One token is there already, so that a mint costs the same wherever it happens.</summary>
        private static Address NewCollection(WorkloadScene scene)
        {
            var collection = scene.Deploy(WorkloadCode.Collection);
            collection.Set(CounterSlot, UInt256.One);
            return collection.Address;
        }
    }
}

using Grid.Primitives;

namespace Grid.Node.Bench.Block.Workloads;

/// <summary>Transfers that hand money on.</summary>
internal sealed class ChainKind : IWorkloadKind
{
    public string Name => "chain";

    public string Summary => "transfers, each by a sender of its own, that hand money on.";

    public string Conflict =>
        "conflict % are sent by an account that owns nothing but what the transaction before pays it, so that they can't even be checked earlier; the others have a funded "
        + "sender. Whoever isn't followed by such an account pays a new one. At 100 the block is one chain, but for its first transaction, which somebody must fund.";

    public IReadOnlyList<WorkloadParameter> Parameters { get; } = [WorkloadParameter.Conflict];

    public int Transactions => 10_000;

    public ITransactionSource Open(WorkloadValues values, WorkloadScene scene) => new Source(values, scene);

    private sealed class Source : ITransactionSource
    {
        private const ulong GasLimit = 21_000;

        /// <summary>What a sender must own for its gas (EIP-1559), and so what it can't hand on. What is refunded stays with it.</summary>
        private static readonly UInt256 GasWei = WorkloadGenerator.MaxFeePerGasWei * GasLimit;

        /// <summary>What the last of a chain pays, in wei.</summary>
        private static readonly UInt256 LastWei = 1_000;

        private readonly WorkloadScene _scene;

        /// <summary>Whether a transaction is paid for by the one before.</summary>
        private readonly bool[] _isLink;

        private UInt256 _owned;

        public Source(WorkloadValues values, WorkloadScene scene)
        {
            _scene = scene;
            _isLink = new bool[scene.Senders.Length];
            var conflict = new Share(values.ConflictPercent);
            for (var i = 0; i < _isLink.Length; i++)
            {
                _isLink[i] = conflict.Next() && i > 0;
            }
        }

        public Draft Next(int index)
        {
            if (!_isLink[index])
            {
                _owned = LastWei + (GasWei * LengthFrom(index));
                _scene.Fund(_scene.Senders[index].Address, _owned);
            }
            _owned -= GasWei;
            var isFollowed = index + 1 < _isLink.Length && _isLink[index + 1];
            return new Draft(isFollowed ? _scene.Senders[index + 1].Address : _scene.NewAddress(), GasLimit, _owned, []);
        }

        /// <summary>Transactions of the chain that begins here.</summary>
        private ulong LengthFrom(int index)
        {
            var end = index + 1;
            while (end < _isLink.Length && _isLink[end])
            {
                end++;
            }
            return (ulong)(end - index);
        }
    }
}

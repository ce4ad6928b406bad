using Grid.Chain;
using Grid.Evm;
using Grid.Execution.Import;
using Grid.Primitives;
using Grid.State;
using Code = Grid.Chain.BlockErrorCode;

namespace Grid.Execution.Tests.Import;

/// <summary>Blocks without transactions: what one must be to be imported, which chain is the head, and that a refused block changes nothing.</summary>
public sealed class ChainTreeTests
{
    private const ulong GenesisDifficulty = 1_000_000;

    private static readonly Address Miner = Address.FromNumber(0x1111);
    private static readonly Address OtherMiner = Address.FromNumber(0x2222);

    private static readonly Block Genesis = new(
        new BlockHeader { GasLimit = 5_000_000, Difficulty = GenesisDifficulty, Timestamp = 1_000, StateRoot = WorldTrie.Empty().Root }, [], [], null);

    private readonly ChainTree _chain = Start(Fork.Byzantium);

    [Fact]
    public void Block_pays_its_reward_and_becomes_the_head()
    {
        var block = Make(_chain, Genesis);
        Assert.Equal(Code.None, _chain.Import(block).Code);
        Assert.Equal(block.Hash, _chain.Head.Block.Hash);
        Assert.Equal(Ether(3), BalanceOf(Miner));
        Assert.True(AccessListProof.IsExact(_chain.Head, WorldTrie.Empty()));
    }

    [Fact]
    public void Refused_block_changes_nothing()
    {
        var right = Make(_chain, Genesis);
        var wrong = right with { Header = Make(_chain, Genesis, stateRoot: Hash256.FromWord(1)).Header };
        Assert.Equal(Code.StateRootMismatch, _chain.Import(wrong).Code);
        Assert.Equal(Code.UnknownParent, _chain.Import(Make(_chain, Genesis, parentHash: Hash256.FromWord(1))).Code);
        Assert.Equal(Code.DifficultyMismatch, _chain.Import(Make(_chain, Genesis, difficulty: GenesisDifficulty + 1)).Code);
        Assert.Equal(Genesis.Hash, _chain.Head.Block.Hash);
        Assert.False(_chain.TryGet(wrong.Hash, out _));
        Assert.Equal(Code.None, _chain.Import(right).Code);
    }

    [Fact]
    public void Heaviest_chain_is_the_head()
    {
        // A late block weighs less; two of them weigh more than one.
        var quick = Add(Make(_chain, Genesis, seconds: 5));
        var slow = Add(Make(_chain, Genesis, seconds: 50, miner: OtherMiner));
        Assert.Equal(quick.Hash, _chain.Head.Block.Hash);
        var next = Add(Make(_chain, slow));
        Assert.Equal(next.Hash, _chain.Head.Block.Hash);
        Assert.Equal(Ether(3), BalanceOf(OtherMiner));
    }

    [Fact]
    public void Ommers_are_rewarded_by_their_age()
    {
        var first = Add(Make(_chain, Genesis));
        var stale = Make(_chain, Genesis, miner: OtherMiner);
        var second = Make(_chain, first, ommers: [stale.Header]);
        Assert.Equal(Code.None, _chain.Import(second).Code);
        Assert.Equal(Ether(3) * 7 / 8, BalanceOf(OtherMiner));
        Assert.Equal((Ether(3) * 2) + (Ether(3) / 32), BalanceOf(Miner));
        Assert.True(AccessListProof.IsExact(_chain.Head, StateOf(first)));
    }

    [Fact]
    public void Each_ommer_rule_has_its_error()
    {
        var first = Add(Make(_chain, Genesis));
        var stale = Make(_chain, Genesis, miner: OtherMiner).Header;
        Assert.Equal(Code.TooManyOmmers, ImportWith(first, stale, stale, stale).Code);
        Assert.Equal(new BlockError(Code.OmmerRepeated, Index: 1), ImportWith(first, stale, stale));
        Assert.Equal(Code.OmmerIsAncestor, ImportWith(first, first.Header).Code);
        Assert.Equal(Code.OmmerIsSibling, ImportWith(first, Make(_chain, first, miner: OtherMiner).Header).Code);
        Assert.Equal(Code.OmmerParentUnknown, ImportWith(first, Make(_chain, Genesis, parentHash: Hash256.FromWord(1)).Header).Code);
        var easy = ImportWith(first, Make(_chain, Genesis, difficulty: GenesisDifficulty + 1).Header);
        Assert.Equal((Code.InvalidOmmer, Code.DifficultyMismatch), (easy.Code, easy.Ommer));
        var second = Add(Make(_chain, first, ommers: [stale]));
        Assert.Equal(Code.OmmerRepeated, ImportWith(second, stale).Code);
    }

    [Fact]
    public void Ommer_is_at_most_six_blocks_old()
    {
        var stale = Make(_chain, Genesis, miner: OtherMiner).Header;
        var parent = Genesis;
        for (var i = 0; i < 6; i++)
        {
            parent = Add(Make(_chain, parent));
        }
        Assert.Equal(Code.None, ImportWith(parent, stale).Code);
        Assert.Equal(Code.OmmerTooOld, ImportWith(Add(Make(_chain, parent)), stale).Code);
    }

    [Fact]
    public void Merge_comes_at_the_terminal_total_difficulty_and_not_before()
    {
        var chain = Start(Fork.GrayGlacier, terminal: GenesisDifficulty + 1);
        Assert.Equal(Code.DifficultyMismatch, chain.Import(Make(chain, Genesis, difficulty: UInt256.Zero)).Code);
        var last = Make(chain, Genesis);
        Assert.Equal(Code.None, chain.Import(last).Code);
        Assert.Equal(Code.DifficultyMismatch, chain.Import(Make(chain, last)).Code);
        var merged = Make(chain, last, difficulty: UInt256.Zero);
        Assert.Equal(Code.None, chain.Import(merged).Code);
        // However heavy, work isn't followed any more.
        Assert.Equal(Code.None, chain.Import(Make(chain, Genesis, seconds: 1)).Code);
        Assert.Equal(merged.Hash, chain.Head.Block.Hash);
    }

    [Fact]
    public void Dao_fork_moves_ether_and_marks_ten_blocks()
    {
        var spec = new ChainSpec(1, new Dictionary<Fork, ulong> { [Fork.Homestead] = 0, [Fork.Dao] = 2 }) { DaoForkSupport = true };
        var state = WorldTrie.Empty().Apply(
            [new AccountChange(DaoFork.Accounts[3], null, AccountRecord.Empty with { Balance = Ether(7) }, false, default, null)]);
        var genesis = new Block(new BlockHeader { GasLimit = 5_000_000, Difficulty = GenesisDifficulty, Timestamp = 1_000, StateRoot = state.Root }, [], [], null);
        var chain = new ChainTree(spec, genesis, state);
        var block = genesis;
        for (var number = 1UL; number <= 12; number++)
        {
            var isMarked = number is >= 2 and < 12;
            if (isMarked)
            {
                Assert.Equal(Code.DaoExtraDataMismatch, chain.Import(Make(chain, block)).Code);
            }
            block = Make(chain, block, extra: isMarked ? DaoFork.ExtraData.ToArray() : []);
            Assert.Equal(Code.None, chain.Import(block).Code);
            chain.Head.State.TryGetAccount(in DaoFork.WithdrawContract, out var contract);
            Assert.Equal(number >= 2 ? Ether(7) : UInt256.Zero, contract?.Balance ?? UInt256.Zero);
        }
    }

    [Fact]
    public void Oldest_blocks_are_forgotten_above_the_limit()
    {
        var chain = new ChainTree(_chain.Spec, Genesis, WorldTrie.Empty(), blocksMax: 2);
        var first = Make(chain, Genesis);
        Assert.Equal(Code.None, chain.Import(first).Code);
        Assert.Equal(Code.None, chain.Import(Make(chain, first)).Code);
        Assert.False(chain.TryGet(Genesis.Hash, out _));
        Assert.Equal(Code.None, chain.Import(first).Code);
    }

    private static ChainTree Start(Fork fork, UInt256? terminal = null) => new(
        new ChainSpec(1, Enumerable.Range(0, (int)fork + 1).Where(f => (Fork)f != Fork.Dao).ToDictionary(f => (Fork)f, _ => 0UL)) { TerminalTotalDifficulty = terminal },
        Genesis,
        WorldTrie.Empty());

    private static UInt256 Ether(ulong amount) => (UInt256)amount * 1_000_000_000_000_000_000;

    private UInt256 BalanceOf(Address address)
    {
        _chain.Head.State.TryGetAccount(in address, out var record);
        return record!.Value.Balance;
    }

    private WorldTrie StateOf(Block block) => _chain.TryGet(block.Hash, out var known) ? known.State : throw new InvalidOperationException("Not in the chain.");

    private Block Add(Block block)
    {
        Assert.Equal(default, _chain.Import(block));
        return block;
    }

    private BlockError ImportWith(Block parent, params BlockHeader[] ommers) => _chain.Import(Make(_chain, parent, ommers: ommers));

    /// <summary>A block without transactions, valid but for what the caller says.</summary>
    private static Block Make(
        ChainTree chain, Block parent, ulong seconds = 10, Address? miner = null, BlockHeader[]? ommers = null,
        UInt256? difficulty = null, byte[]? extra = null, Hash256? parentHash = null, Hash256? stateRoot = null)
    {
        Assert.True(chain.TryGet(parent.Hash, out var known));
        var isAfterMerge = difficulty is { IsZero: true };
        var number = parent.Header.Number + 1;
        var timestamp = parent.Header.Timestamp + seconds;
        var fork = chain.Spec.ForkAt(number, timestamp, isAfterMerge);
        var body = new Block(parent.Header, [], ommers ?? [], null);
        var header = new BlockHeader
        {
            ParentHash = parentHash ?? parent.Hash, Number = number, Timestamp = timestamp, Beneficiary = miner ?? Miner, ExtraData = extra ?? [],
            GasLimit = fork >= Fork.London && parent.Header.BaseFeePerGas is null ? parent.Header.GasLimit * 2 : parent.Header.GasLimit,
            Difficulty = difficulty ?? DifficultyRules.Next(fork, parent.Header, timestamp), BaseFeePerGas = BaseFeeRules.Next(parent.Header, fork),
            OmmersHash = body.ComputeOmmersHash(),
        };
        var environment = BlockEnvironment.Of(chain.Spec, fork, header, [], NoBlockHashes.Instance);
        var executor = new SequentialExecutor(environment, ExecutionMode.Import, [], known.State, ommers);
        Assert.Equal(ExecutionStatus.Complete, executor.Run());
        var state = known.State.Apply(executor.Result!.AccessList.ToAccountChanges());
        return BlockSealer.Seal(executor.Result, stateRoot ?? state.Root) with { Ommers = ommers ?? [] };
    }
}

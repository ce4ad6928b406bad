using System.Text.Json;
using Grid.Chain;
using Grid.Evm;
using Grid.Execution;
using Grid.Primitives;
using Grid.State;

namespace Grid.Node.Tests;

/// <summary>A chain of Shanghai with one funded account, and two blocks: the first with a transfer and a withdrawal, the second empty.</summary>
internal sealed class SmallChain
{
    private const ulong Gwei = 1_000_000_000;

    private static readonly Address Rich = DevelopmentAccounts.Signers[0].Address;
    private static readonly Address Poor = Address.FromNumber(0x1234);

    private static readonly UInt256 Balance = (UInt256)Gwei * Gwei;

    private readonly WorldTrie _start, _afterFirst;

    public SmallChain()
    {
        var state = WorldTrie.Empty().Apply([new AccountChange(Rich, null, AccountRecord.Empty with { Balance = Balance }, false, default, null)]);
        Genesis = new Block(new BlockHeader { StateRoot = state.Root, GasLimit = 5_000_000, BaseFeePerGas = Gwei, WithdrawalsRoot = BlockRoots.OfWithdrawals([]) }, [], [], []);
        var transfer = DevelopmentAccounts.Signers[0].Sign(new Transaction
        {
            Type = TransactionType.DynamicFee, ChainId = 1, GasLimit = 21_000, MaxFeePerGas = Gwei, To = Poor, Value = 7,
        });
        _start = state;
        (First, state) = Next(Genesis, state, [transfer], [new Withdrawal(0, 0, Poor, 1)]);
        _afterFirst = state;
        (Second, State) = Next(First, state, [], []);
    }

    public Block Genesis { get; }

    public Block First { get; }

    public Block Second { get; }

    /// <summary>After the second block.</summary>
    public WorldTrie State { get; }

    /// <summary>geth's genesis.json.</summary>
    public string GenesisJson => JsonSerializer.Serialize(new
    {
        config = new
        {
            chainId = 1, homesteadBlock = 0, eip150Block = 0, eip158Block = 0, byzantiumBlock = 0, constantinopleBlock = 0, petersburgBlock = 0,
            istanbulBlock = 0, berlinBlock = 0, londonBlock = 0, terminalTotalDifficulty = 0, shanghaiTime = 0,
        },
        gasLimit = "0x4c4b40", difficulty = "0x0", baseFeePerGas = "0x3b9aca00",
        alloc = new Dictionary<string, object> { [Rich.ToString()] = new { balance = Balance.ToHex() } },
    });

    /// <summary>A blockchain test of both blocks, and of a third that is refused.</summary>
    public string BlockchainTest(string expectException = "BlockException.INVALID_STATE_ROOT") => JsonSerializer.Serialize(new
    {
        small = Entry(new
        {
            blocks = new object[]
            {
                new { rlp = Hex.Encode(First.Encode()), blockHeader = new { hash = First.Hash.ToString() } },
                new { rlp = Hex.Encode(Second.Encode()), blockHeader = new { hash = Second.Hash.ToString() } },
                new { rlp = Hex.Encode(WithWrongState().Encode()), expectException },
            },
        }),
    });

    /// <summary>
    /// A blockchain test that goes back twice: to a side chain of two blocks on the genesis block, and then to the first block's second
    /// child; a block whose parent isn't known and one that is known already are there, too.
    /// </summary>
    /// <param name="end">The root of the state that it is said to end with; null for the right one.</param>
    public string SideChainTest(Hash256? end = null)
    {
        var (side, sideState) = Next(Genesis, _start, [], [new Withdrawal(0, 0, Rich, 5)]);
        var (afterSide, _) = Next(side, sideState, [], [new Withdrawal(1, 0, Poor, 6)]);
        var (sibling, state) = Next(First, _afterFirst, [], [new Withdrawal(1, 0, Poor, 3)]);
        var orphan = Next(new Block(new BlockHeader { GasLimit = 5_000_000, BaseFeePerGas = Gwei, Timestamp = 9 }, [], [], []), _start, [], []).Block;
        object[] valid = [.. new[] { First, Second, side, afterSide, First, sibling }.Select(Valid)];
        return JsonSerializer.Serialize(new
        {
            sides = new Dictionary<string, object>(Entry(new { blocks = (object[])[.. valid[..3], Refused(orphan, "UnknownParent"), Refused(WithWrongState(), "BlockException.INVALID_STATE_ROOT"), .. valid[3..]] }))
            {
                ["lastblockhash"] = sibling.Hash.ToString(), ["postState"] = null!, ["postStateHash"] = (end ?? state.Root).ToString(),
            },
        });
    }

    private static object Valid(Block block) => new { rlp = Hex.Encode(block.Encode()), blockHeader = new { hash = block.Hash.ToString() } };

    private static object Refused(Block block, string expectException) => new { rlp = Hex.Encode(block.Encode()), expectException };

    /// <summary>The same in the form of the Engine API.</summary>
    public string EngineTest(string validationError = "BlockException.INVALID_STATE_ROOT") => JsonSerializer.Serialize(new
    {
        small = Entry(new
        {
            engineNewPayloads = new object[]
            {
                new { newPayloadVersion = "2", @params = new[] { Payload(First) } },
                new { newPayloadVersion = "2", @params = new[] { Payload(Second) } },
                new { newPayloadVersion = "2", @params = new[] { Payload(WithWrongState()) }, validationError },
                new { newPayloadVersion = "1", @params = new[] { Payload(Second) }, errorCode = "-32602" },
            },
        }),
    });

    private Block WithWrongState() => Next(Second, State, [], [], Hash256.FromWord(1)).Block;

    private static (Block Block, WorldTrie State) Next(Block parent, WorldTrie state, Transaction[] transactions, Withdrawal[] withdrawals, Hash256? stateRoot = null)
    {
        var attributes = new BlockAttributes(parent.Header.Timestamp + 12, Address.FromNumber(0xc0), parent.Header.GasLimit) { Withdrawals = withdrawals };
        var environment = BlockEnvironment.Next(ChainSpec.From(Fork.Shanghai), parent.Header, attributes, new NoHashes());
        var executor = new SequentialExecutor(environment, ExecutionMode.Import, transactions, state);
        Assert.True(executor.Run() == ExecutionStatus.Complete, $"{executor.Error} {executor.Error.Transaction}");
        var after = state.Apply(executor.Result!.AccessList.ToAccountChanges());
        return (BlockSealer.Seal(executor.Result, stateRoot ?? after.Root), after);
    }

    /// <summary>What both kinds of tests have.</summary>
    private Dictionary<string, object> Entry(object blocks)
    {
        var entry = new Dictionary<string, object>
        {
            ["network"] = "Shanghai", ["config"] = new { chainid = "0x01" }, ["genesisRLP"] = Hex.Encode(Genesis.Encode()),
            ["genesisBlockHeader"] = new { hash = Genesis.Hash.ToString() },
            ["pre"] = new Dictionary<string, object> { [Rich.ToString()] = Account(0, Balance) },
            ["lastblockhash"] = Second.Hash.ToString(),
            ["postState"] = new Dictionary<string, object> { [Rich.ToString()] = Account(1, RecordOf(Rich).Balance), [Poor.ToString()] = Account(0, Gwei + 7) },
        };
        foreach (var property in JsonSerializer.SerializeToElement(blocks).EnumerateObject())
        {
            entry[property.Name] = property.Value;
        }
        return entry;
    }

    private AccountRecord RecordOf(Address address)
    {
        State.TryGetAccount(in address, out var record);
        return record!.Value;
    }

    private static object Account(ulong nonce, UInt256 balance) => new { nonce = $"0x{nonce:x}", balance = balance.ToHex(), code = "0x", storage = new { } };

    private static object Payload(Block block)
    {
        var header = block.Header;
        return new
        {
            parentHash = header.ParentHash.ToString(), feeRecipient = header.Beneficiary.ToString(), stateRoot = header.StateRoot.ToString(),
            receiptsRoot = header.ReceiptsRoot.ToString(), logsBloom = Hex.Encode(header.LogsBloom.Span), prevRandao = header.PrevRandao.ToString(),
            blockNumber = $"0x{header.Number:x}", gasLimit = $"0x{header.GasLimit:x}", gasUsed = $"0x{header.GasUsed:x}", timestamp = $"0x{header.Timestamp:x}",
            extraData = "0x", baseFeePerGas = header.BaseFeePerGas!.Value.ToHex(), blockHash = block.Hash.ToString(),
            transactions = block.Transactions.Select(transaction => Hex.Encode(transaction.Encoded)),
            withdrawals = block.Withdrawals!.Select(withdrawal => new
            {
                index = "0x0", validatorIndex = "0x0", address = withdrawal.Address.ToString(), amount = $"0x{withdrawal.AmountGwei:x}",
            }),
        };
    }

    private sealed class NoHashes : IBlockHashes
    {
        public Hash256 GetBlockHash(ulong number) => default;
    }
}

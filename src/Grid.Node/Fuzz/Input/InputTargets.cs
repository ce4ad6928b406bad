using System.Text;
using Grid.Chain;
using Grid.Evm;
using Grid.Grains.Snapshots;
using Grid.Node.Fixtures;
using Grid.Node.Fuzz.Evm;
using Grid.Node.Import;
using Grid.Primitives;
using Grid.Primitives.Rlp;
using Grid.State;

namespace Grid.Node.Fuzz.Input;

/// <summary>All readers of input from outside. To add one: a line here.</summary>
internal static class InputTargets
{
    private const int MaxNesting = 1_024;

    public static IReadOnlyList<InputTarget> All { get; } =
    [
        new("rlp", InputKind.Rlp, dice => BlockOf(dice).Block.Encode(), ReadRlp, typeof(RlpException)),
        new("transaction", InputKind.Rlp, dice => TransactionOf(dice).Encoded.ToArray(), ReadTransaction),
        new("block transaction", InputKind.Rlp, InBlock, ReadBlockTransaction, typeof(RlpException)),
        new("header", InputKind.Rlp, dice => BlockOf(dice).Block.Header.Encode(), ReadHeader, typeof(RlpException)),
        new("block", InputKind.Rlp, dice => BlockOf(dice).Block.Encode(), ReadBlock),
        new("receipt", InputKind.Rlp, dice => ReceiptOf(dice).Encode(), ReadReceipt, typeof(RlpException)),
        new("receipt list", InputKind.Rlp, dice => ReceiptList.Encode([ReceiptOf(dice)]), ReadReceiptList, typeof(RlpException)),
        new("account", InputKind.Rlp, dice => (AccountRecord.Empty with { Nonce = dice.Next(), Balance = EdgeValues.Word(dice) }).ToRlp(),
            ReadAccount, typeof(RlpException)),
        new("access list rlp", InputKind.Rlp, dice => BlockOf(dice).Execution.AccessList.EncodeRlp(), ReadAccessList, typeof(RlpException),
            typeof(AccessListFormatException)),
        new("access list", InputKind.Bytes, dice => BlockOf(dice).Execution.AccessList.Encode(), ReadCompactAccessList,
            typeof(AccessListFormatException)),
        new("access list file", InputKind.Rlp, ListFile, ReadListFile, typeof(BlockFileException)),
        new("deposit", InputKind.Bytes, DepositData, ReadDeposit),
        new("words", InputKind.Text, WordText, ReadWords),
        // Before EIP-3860 the gas of a run buys some initcode of 300 kB, whose translation takes 100 times that.
        new("code", InputKind.Bytes, CodeOf, CodeRun.Run) { AllocatedBytesMax = 256 << 20 },
        new("genesis", InputKind.Text, GenesisText, ReadGenesis, typeof(GenesisFormatException)) { TakesFixture = path =>
            Path.GetFileName(path) == "genesis.json" },
        new("fixture", InputKind.Text, FixtureText, FixtureRun.Run, typeof(FixtureFormatException))
        {
            AllocatedBytesMax = 64 << 20, TakesFixture = path => path.EndsWith(".json", StringComparison.Ordinal),
        },
        new("yaml", InputKind.Text, _ => "input:\n  a: '0x01'\n  b: \"x\"\noutput: null\n"u8.ToArray(), FixtureRun.RunYaml,
            typeof(FixtureFormatException))
        {
            TakesFixture = path => path.EndsWith(".yaml", StringComparison.Ordinal),
        },
        new("json-rpc", InputKind.Text, RpcRun.Request, RpcRun.Run, RpcRun.Allowed),
    ];

    private static CaseGenerator Cases(Dice dice) => new(dice.Next(), new CaseOptions());

    private static Transaction TransactionOf(Dice dice) => PreparedCase.SignAll(Cases(dice).Make(dice.Next()))[0];

    private static (Block Block, Execution.BlockExecution Execution) BlockOf(Dice dice)
    {
        var prepared = PreparedCase.Of(Cases(dice).Make(dice.Next()));
        var result = CaseResult.OfOracle(prepared);
        return (Execution.BlockSealer.Seal(result.Execution, result.State.Root), result.Execution);
    }

    private static Receipt ReceiptOf(Dice dice) => new()
    {
        Type = (TransactionType)dice.Below(5),
        Succeeded = dice.OneIn(2),
        CumulativeGasUsed = dice.Next(),
        Logs = [.. Enumerable.Range(0, dice.Below(3)).Select(_ => new Log(Address.FromNumber(dice.Next()),
            [.. Enumerable.Range(0, dice.Below(5)).Select(_ => Hash256.FromWord(dice.Word()))], dice.Bytes(dice.Below(70))))],
    };

    private static byte[] InBlock(Dice dice)
    {
        var writer = new RlpWriter();
        TransactionOf(dice).EncodeInBlock(writer);
        return writer.ToArray();
    }

    /// <summary>The data of a deposit event (EIP-6110): five offsets, then each field with its length.</summary>
    private static byte[] DepositData(Dice dice)
    {
        var bytes = new List<byte>();
        foreach (var offset in (ulong[])[160, 256, 320, 384, 512])
        {
            bytes.AddRange(new UInt256(offset).ToBigEndian());
        }
        foreach (var length in (int[])[48, 32, 8, 96, 8])
        {
            bytes.AddRange(new UInt256((ulong)length).ToBigEndian());
            bytes.AddRange(dice.Bytes(length));
            bytes.AddRange(new byte[(32 - (length % 32)) % 32]);
        }
        return [.. bytes];
    }

    private static byte[] WordText(Dice dice) => Encoding.UTF8.GetBytes(dice.OneIn(2) ? EdgeValues.Word(dice).ToHex()
        : EdgeValues.Word(dice).ToString());

    private static byte[] CodeOf(Dice dice)
    {
        var source = Cases(dice).Make(dice.Next());
        return [(byte)dice.Below(256), .. source.Accounts.Select(account => account.Code?.Assemble(hasPush0: true) ?? []).MaxBy(code => code.Length)!];
    }

    private static byte[] GenesisText(Dice dice) => Encoding.UTF8.GetBytes($$"""
        { "config": { "chainId": 1, "homesteadBlock": 0, "eip150Block": 0, "eip155Block": 0, "eip158Block": 0, "byzantiumBlock": 0, "constantinopleBlock": 0, "petersburgBlock": 0,
            "istanbulBlock": 0, "berlinBlock": 0, "londonBlock": 0, "terminalTotalDifficulty": 0, "shanghaiTime": 0, "cancunTime": 0, "pragueTime": 10, "osakaTime": {{dice.Below(99)}},
            "depositContractAddress": "0x00000000219ab540356cbb839cbe05303d7705fa",
            "blobSchedule": { "cancun": { "target": 3, "max": 6, "baseFeeUpdateFraction": 3338477 } } },
          "nonce": "0x0", "timestamp": "0x0", "extraData": "0x1234", "gasLimit": "0x1c9c380", "difficulty": "0x0", "coinbase": "0x0000000000000000000000000000000000000000",
          "mixHash": "0x{{new string('0', 64)}}", "baseFeePerGas": "0x7", "excessBlobGas": null,
          "alloc": { "0x{{dice.Word().ToHex()[2..].PadLeft(64, '0')[..40]}}": { "balance": "{{EdgeValues.Word(dice)}}", "nonce": "0x1", "code": "0x6000", "storage": { "0x01": "{{EdgeValues.Word(dice).ToHex()}}" } } } }
        """);

    private static byte[] FixtureText(Dice dice) => Encoding.UTF8.GetBytes(StateTestWriter.Write(Cases(dice).Make(dice.Next()), "a seed"));

    private static void ReadRlp(byte[] bytes)
    {
        var reader = new RlpReader(bytes);
        Walk(ref reader, 0);
        reader.ExpectEnd();
    }

    private static void Walk(ref RlpReader reader, int depth)
    {
        if (!reader.NextIsList || depth == MaxNesting)
        {
            reader.ReadBytes();
            return;
        }
        var count = 0;
        var list = reader.ReadList();
        var expected = list.CountItems();
        for (; !list.IsAtEnd; count++)
        {
            Walk(ref list, depth + 1);
        }
        Require(count == expected, "a list has as many items as are counted");
    }

    private static void ReadTransaction(byte[] bytes)
    {
        if (!Transaction.TryDecode(bytes, out var transaction, out var error))
        {
            Require(!error.IsNone, "what doesn't decode has an error");
            return;
        }
        Require(transaction.Encoded.SequenceEqual(bytes), "a transaction keeps its bytes");
        Require(Anew(transaction).Encoded.SequenceEqual(bytes), "a transaction's fields make its bytes");
        for (var fork = Fork.Frontier; fork <= Fork.Amsterdam; fork++)
        {
            TransactionRules.CheckStatic(transaction, fork, FuzzCase.ChainId, out _);
        }
        transaction.TryGetSender(out _);
        TransactionRules.TryGetMaxCost(transaction, out _);
        foreach (var authorization in transaction.AuthorizationList)
        {
            authorization.TryRecoverAuthority(out _);
        }
    }

    private static Transaction Anew(Transaction from) => new()
    {
        Type = from.Type, ChainId = from.ChainId, Nonce = from.Nonce, GasLimit = from.GasLimit, MaxFeePerGas = from.MaxFeePerGas,
            MaxPriorityFeePerGas = from.MaxPriorityFeePerGas,
        To = from.To, Value = from.Value, Data = from.Data, AccessList = from.AccessList, MaxFeePerBlobGas = from.MaxFeePerBlobGas,
            BlobVersionedHashes = from.BlobVersionedHashes,
        AuthorizationList = from.AuthorizationList, YParity = from.YParity, R = from.R, S = from.S,
    };

    private static void ReadBlockTransaction(byte[] bytes)
    {
        var reader = new RlpReader(bytes);
        if (!Transaction.TryDecodeFromBlock(ref reader, out var transaction, out var error))
        {
            Require(!error.IsNone, "what doesn't decode has an error");
            return;
        }
        var writer = new RlpWriter();
        transaction.EncodeInBlock(writer);
        Require(writer.Written.SequenceEqual(bytes.AsSpan(0, reader.Position)), "a block's transaction encodes to its bytes");
    }

    private static void ReadHeader(byte[] bytes)
    {
        var header = BlockHeader.Decode(bytes);
        Require(header.Encode().AsSpan().SequenceEqual(bytes), "a header encodes to its bytes");
    }

    private static void ReadBlock(byte[] bytes)
    {
        if (!Block.TryDecode(bytes, out var block, out var error))
        {
            Require(!error.IsNone, "what doesn't decode has an error");
            return;
        }
        Require(block.Encode().AsSpan().SequenceEqual(bytes), "a block encodes to its bytes");
        for (var fork = Fork.Frontier; fork <= Fork.Amsterdam; fork++)
        {
            BodyRules.Check(block, fork);
        }
    }

    private static void ReadReceipt(byte[] bytes)
    {
        var receipt = Receipt.Decode(bytes);
        Require(receipt.Encode().AsSpan().SequenceEqual(bytes), "a receipt encodes to its bytes");
    }

    private static void ReadReceiptList(byte[] bytes) => ReceiptList.Decode(bytes, []);

    private static void ReadAccount(byte[] bytes)
    {
        var record = AccountRecord.DecodeRlp(bytes);
        Require(record.ToRlp().AsSpan().SequenceEqual(bytes), "an account encodes to its bytes");
    }

    private static void ReadAccessList(byte[] bytes)
    {
        var list = BlockAccessList.DecodeRlp(bytes);
        Require(list.EncodeRlp().AsSpan().SequenceEqual(bytes), "an access list encodes to its bytes");
    }

    /// <summary>The block of a file of lists.</summary>
    private static FileBlock ListedBlock { get; } = new(new Block(new BlockHeader(), [], [], null), 0);

    private static byte[] ListFile(Dice dice)
    {
        var writer = new RlpWriter();
        AccessListFile.Write(writer, ListedBlock.Block.Hash, BlockOf(dice).Execution.AccessList.EncodeRlp());
        return writer.ToArray();
    }

    private static void ReadListFile(byte[] bytes)
    {
        foreach (var block in AccessListFile.Join([ListedBlock], new MemoryStream(bytes)))
        {
            Require(block.AccessList is [>= 0xc0, ..], "a block's access list is an RLP list");
        }
    }

    private static void ReadCompactAccessList(byte[] bytes)
    {
        var list = BlockAccessList.Decode(bytes);
        var encoded = list.Encode();
        Require(BlockAccessList.Decode(encoded).Encode().AsSpan().SequenceEqual(encoded), "an access list's own form comes back");
        list.ToAccountChanges();
        _ = list.Hash;
    }

    private static void ReadDeposit(byte[] bytes)
    {
        var receipt = new Receipt
        {
            Type = TransactionType.Legacy, CumulativeGasUsed = 0, Logs =
                [new Log(ChainSpec.MainnetDepositContract, [DepositRequests.EventSignature], bytes)],
        };
        DepositRequests.TryCollect([receipt], ChainSpec.MainnetDepositContract, out _);
    }

    private static void ReadWords(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        if (UInt256.TryParse(text, out var word))
        {
            Require(UInt256.Parse(word.ToHex()) == word && UInt256.Parse(word.ToString()) == word, "a word's text comes back");
        }
        if (Address.TryParse(text, out var address))
        {
            Require(Address.Parse(address.ToString()) == address, "an address's text comes back");
        }
        if (Hash256.TryParse(text, out var hash))
        {
            Require(Hash256.Parse(hash.ToString()) == hash, "a hash's text comes back");
        }
        if (Hex.TryDecode(text, out var decoded))
        {
            Require(Hex.Decode(Hex.Encode(decoded)).AsSpan().SequenceEqual(decoded), "hexadecimal text comes back");
        }
    }

    private static void ReadGenesis(byte[] bytes)
    {
        var genesis = Genesis.Parse(bytes.ToArray());
        var state = WorldTrie.Empty().Apply(genesis.ToAccountChanges());
        _ = genesis.ToHeader(state.Root).Hash;
    }

    internal static void Require(bool holds, string property)
    {
        if (!holds)
        {
            throw new PropertyException($"Doesn't hold: {property}.");
        }
    }
}

using System.Globalization;
using System.Text.Json;
using Grid.Chain;
using Grid.Crypto;
using Grid.Evm;
using Grid.Execution.Engine;
using Grid.Execution.Import;
using Grid.Primitives;

namespace Grid.Node.Fixtures;

/// <summary>
/// The files that describe an RPC suite's chain: each is checked against the chain that importing `chain.rlp` leads to.
/// </summary>
public sealed class RpcChainFormat : IWholeFileFormat
{
    /// <summary>Where networks of peers part company at the merge (EIP-3675's FORK_NEXT_VALUE): no rule of the chain, and nothing that Grid keeps.</summary>
    private const string NetworkSplit = "HIVE_MERGE_BLOCK_ID";

    /// <summary>Files that say something of the chain with its blocks.</summary>
    private static readonly Dictionary<string, Func<string, JsonElement, IChainEngine, CaseOutcome>> ChainChecks = new(StringComparer.Ordinal)
    {
        ["headfcu.json"] = CheckForkchoice,
        ["headblock.json"] = CheckHeadBlock,
        ["headstate.json"] = CheckHeadState,
        ["newpayload.json"] = CheckPayloads,
        ["txinfo.json"] = CheckTransactions,
    };

    private static readonly Dictionary<string, Func<string, JsonElement, CaseOutcome>> Checks = new(StringComparer.Ordinal)
    {
        ["genesis.json"] = CheckGenesis,
        ["accounts.json"] = CheckKeys,
        ["forkenv.json"] = CheckForks,
    };

    public bool Recognizes(string path, JsonElement root) =>
        Path.GetFileName(path) is var name && (ChainChecks.ContainsKey(name) || Checks.ContainsKey(name)) && RpcChain.IsBeside(path);

    public IEnumerable<FixtureCase> Cases(string path, JsonElement root)
    {
        var name = Path.GetFileName(path);
        yield return ChainChecks.TryGetValue(name, out var check)
            ? FixtureCase.OfChain(name, "", engine => check(path, root, engine))
            : new FixtureCase(name, "", () => Checks[name](path, root));
    }

    private static CaseOutcome Compare(string reason, params IEnumerable<Difference> fields)
    {
        Difference[] differences = [.. fields.Where(field => !string.Equals(field.Have, field.Want, StringComparison.OrdinalIgnoreCase))];
        return differences.Length == 0 ? CaseOutcome.Passed : CaseOutcome.Failed(reason, differences);
    }

    private static CaseOutcome CheckGenesis(string path, JsonElement root)
    {
        var chain = RpcChain.Beside(path);
        var first = chain.Read().First().Block;
        return Compare("the genesis block has another hash", new Difference("genesis", "hash", chain.Start.Genesis.Hash.ToString(), first.Header.ParentHash.ToString()));
    }

    private static CaseOutcome CheckForkchoice(string path, JsonElement root, IChainEngine engine)
    {
        var head = RpcChain.ImportBeside(path, engine)[^1].Block.Hash;
        return Compare("the chain ends with another block", new Difference("head", "hash", head.ToString(), root.Field("params")[0].Field("headBlockHash").Text()));
    }

    private static CaseOutcome CheckHeadBlock(string path, JsonElement root, IChainEngine engine)
    {
        var header = RpcChain.ImportBeside(path, engine)[^1].Block.Header;
        return Compare(
            "the head differs",
            new("head", "hash", header.Hash.ToString(), root.Field("hash").Text()),
            new("head", "number", header.Number.ToString(CultureInfo.InvariantCulture), root.Field("number").Number().ToString(CultureInfo.InvariantCulture)),
            new("head", "stateRoot", header.StateRoot.ToString(), root.Field("stateRoot").Text()),
            new("head", "withdrawalsRoot", header.WithdrawalsRoot.ToString()!, root.Field("withdrawalsRoot").Text()),
            new("head", "parentBeaconBlockRoot", header.ParentBeaconBlockRoot.ToString()!, root.Field("parentBeaconBlockRoot").Text()));
    }

    /// <summary>A dump of all accounts, their slots by the hashes of their names.</summary>
    private static CaseOutcome CheckHeadState(string path, JsonElement root, IChainEngine engine)
    {
        var state = RpcChain.ImportBeside(path, engine)[^1].State;
        var fields = new List<Difference> { new("state", "root", state.Root.ToString(), "0x" + root.Field("root").Text()) };
        var count = 0;
        foreach (var account in root.Field("accounts").Members())
        {
            count++;
            var address = FixtureJson.ToAddress(account.Name);
            var key = Keccak256.Hash(address.Span);
            state.Shards[key.Nibble(0)].TryGet(in key, out var leaf);
            if (leaf is null)
            {
                fields.Add(new(account.Name, "account", "absent", "present"));
                continue;
            }
            var record = leaf.Value.Record;
            fields.Add(new(account.Name, "key", key.ToString(), account.Value.Field("key").Text()));
            fields.Add(new(account.Name, "nonce", record.Nonce.ToString(CultureInfo.InvariantCulture), account.Value.Field("nonce").GetRawText()));
            fields.Add(new(account.Name, "balance", record.Balance.ToString(), account.Value.Field("balance").Text()));
            fields.Add(new(account.Name, "root", record.StorageRoot.ToString(), account.Value.Field("root").Text()));
            fields.Add(new(account.Name, "codeHash", record.CodeHash.ToString(), account.Value.Field("codeHash").Text()));
        }
        var have = state.Shards.ToArray().Sum(shard => shard.Accounts.Leaves().Count());
        fields.Add(new("state", "accounts", $"{have}", $"{count}"));
        return Compare("the state differs", fields);
    }

    private static CaseOutcome CheckPayloads(string path, JsonElement root, IChainEngine engine) =>
        engine.Run(RpcChain.Beside(path).Start, tree => CheckPayloads(tree, root));

    private static CaseOutcome CheckPayloads(IBlockTree tree, JsonElement root)
    {
        var genesis = tree.Head.Block.Hash;
        foreach (var call in root.Items())
        {
            var payload = EngineCallReader.Read(call.Field("method").Text()[^1] - '0', call.Field("params"));
            var hash = payload.Payload.BlockHash;
            if (payload.Payload.BlockNumber == 0)
            {
                // A payload can't say the difficulty of a genesis block before the merge: that it is the chain's own is what can be asked.
                if (hash != genesis)
                {
                    return Compare("the genesis block has another hash", new Difference("genesis", "hash", genesis.ToString(), hash.ToString()));
                }
                continue;
            }
            var error = tree.NewPayload(payload, out var status);
            if ((int)error != 0 || status.Code != PayloadStatusCode.Valid || !tree.Choose(in hash))
            {
                return CaseOutcome.Failed($"payload {payload.Payload.BlockNumber} is refused: {error} {status.Code} {BlockErrorText.Of(status.Error)}");
            }
        }
        return CaseOutcome.Passed;
    }

    /// <summary>Lists of transactions by what they do: hash, sender and place in the chain.</summary>
    private static CaseOutcome CheckTransactions(string path, JsonElement root, IChainEngine engine)
    {
        var blocks = RpcChain.ImportBeside(path, engine);
        var fields = new List<Difference>();
        foreach (var list in root.Members().Where(list => list.Value.ValueKind == JsonValueKind.Array))
        {
            foreach (var entry in list.Value.Items())
            {
                var transaction = blocks[(int)entry.Field("block").Number()].Block.Transactions[entry.Field("indexInBlock").GetInt32()];
                fields.Add(new(list.Name, "txhash", transaction.Hash.ToString(), entry.Field("txhash").Text()));
                fields.Add(new(list.Name, "sender", transaction.Sender.ToString(), entry.Field("sender").Text()));
            }
        }
        return fields.Count > 0 ? Compare("the transactions differ", fields) : CaseOutcome.Failed("the file lists no transaction");
    }

    private static CaseOutcome CheckKeys(string path, JsonElement root) => Compare(
        "the keys are of other accounts",
        root.Members().Select(account => new Difference(account.Name, "address", FixtureJson.ToSigner(account.Value.Field("key").Word()).Address.ToString(), account.Name)));

    /// <summary>Environment variables of the suite's clients that say the same as `genesis.json`.</summary>
    private static CaseOutcome CheckForks(string path, JsonElement root)
    {
        var spec = RpcChain.Beside(path).Genesis.Spec;
        return Compare("the genesis file says otherwise", root.Members()
            .Where(variable => variable.Name != NetworkSplit)
            .Select(variable => new Difference("genesis", variable.Name, ValueOf(variable.Name, spec), variable.Value.Text())));
    }

    private static string ValueOf(string variable, ChainSpec spec)
    {
        var words = variable.Split('_');
        return words switch
        {
            [_, "CHAIN" or "NETWORK", "ID"] => spec.ChainId.ToString(CultureInfo.InvariantCulture),
            [_, "TERMINAL", ..] => spec.TerminalTotalDifficulty.ToString()!,
            [_, "DEPOSIT", ..] => spec.DepositContract.ToString(),
            [_, "FORK", .. var name] => Number(spec.ActivationOf(ForkOf(string.Concat(name)))),
            [_, var name, "TIMESTAMP"] => Number(spec.ActivationOf(ForkOf(name))),
            [_, var name, "BLOB", .. var what] => BlobValueOf(spec.BlobParametersAt(ForkOf(name)), string.Concat(what)),
            _ => "a variable that isn't known",
        };
    }

    private static string BlobValueOf(BlobParameters? parameters, string what) => Number(what switch
    {
        "TARGET" => parameters?.Target,
        "MAX" => parameters?.Max,
        _ => parameters?.BaseFeeUpdateFraction,
    });

    private static Fork ForkOf(string name) => name switch
    {
        "SPURIOUS" => Fork.SpuriousDragon,
        "TANGERINE" => Fork.TangerineWhistle,
        _ => Enum.Parse<Fork>(name, ignoreCase: true),
    };

    private static string Number(ulong? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "none";
}

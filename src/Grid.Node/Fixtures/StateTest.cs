using System.Text.Json;
using Grid.Chain;
using Grid.Crypto;
using Grid.Evm;
using Grid.Primitives;
using Grid.Primitives.Rlp;
using Grid.State;

namespace Grid.Node.Fixtures;

/// <summary>One entry of a state test file. One thread at a time.</summary>
public sealed class StateTest(JsonElement entry)
{
    private readonly JsonElement _transaction = entry.Field("transaction");
    private readonly JsonElement _environment = entry.Field("env");
    private WorldTrie? _pre;

    /// <summary>Runs the variant of an element of `post`.</summary>
    public CaseOutcome Run(Fork fork, JsonElement variant)
    {
        _pre ??= FixtureState.Load(entry.Field("pre"));
        var environment = EnvironmentAt(fork);
        var world = new TransactionWorld(_pre, fork);
        var result = Execute(environment, world, variant);
        // Where there was no transaction, only the older suites touched the beneficiary nevertheless.
        if (result.Outcome == TransactionOutcome.Executed || entry.OptionalField("config") is null)
        {
            TouchBeneficiary(world, environment.Context.Coinbase);
        }
        var post = _pre.Apply(world.CollectChanges());
        return CheckException(result, variant) ?? CheckResult(result, post, variant);
    }

    private TransactionResult Execute(BlockEnvironment environment, TransactionWorld world, JsonElement variant)
    {
        var error = MakeTransaction(variant, out var transaction);
        return error.IsNone
            ? new TransactionExecutor(environment).Execute(transaction!, world, 0, 0)
            : new TransactionResult { Outcome = TransactionOutcome.Invalid, Error = error };
    }

    /// <summary>
    /// The suites were filled with a block reward of zero: the beneficiary is touched after the transaction, so that before EIP-161 it exists.
    /// </summary>
    private static void TouchBeneficiary(TransactionWorld world, in Address beneficiary)
    {
        world.BeginTransaction();
        world.TryAddBalance(in beneficiary, UInt256.Zero);
        world.EndTransaction();
    }

    private static CaseOutcome? CheckException(in TransactionResult result, JsonElement variant)
    {
        var expected = variant.OptionalField("expectException")?.Text();
        if (expected is null)
        {
            return result.Outcome == TransactionOutcome.Executed ? null : CaseOutcome.Failed($"the transaction is refused: {Describe(result.Error)}");
        }
        if (result.Outcome == TransactionOutcome.Executed)
        {
            return CaseOutcome.Failed($"the transaction is executed, and should be refused: {expected}");
        }
        return ExpectedErrors.Matches(expected, result.Error)
            ? null
            : CaseOutcome.Failed("the transaction is refused for another reason", new Difference("transaction", "error", Describe(result.Error), expected));
    }

    private static CaseOutcome CheckResult(in TransactionResult result, WorldTrie post, JsonElement variant)
    {
        var differences = new List<Difference>();
        var logs = LogsHash(result.Receipt?.Logs ?? []);
        var wantLogs = variant.Field("logs").Hash();
        var wantRoot = variant.Field("hash").Hash();
        if (logs != wantLogs)
        {
            differences.Add(new Difference("logs", "hash", logs.ToString(), wantLogs.ToString()));
        }
        if (post.Root != wantRoot)
        {
            differences.Add(new Difference("state", "root", post.Root.ToString(), wantRoot.ToString()));
        }
        if (variant.OptionalField("state") is { } state)
        {
            differences.AddRange(FixtureState.Compare(post, state));
        }
        if (differences.Count == 0)
        {
            return CaseOutcome.Passed;
        }
        var ended = result.Outcome == TransactionOutcome.Executed ? $" (halt {result.Halt}, {result.GasUsed} gas used)" : "";
        return CaseOutcome.Failed((post.Root == wantRoot ? "the logs or accounts differ" : "the state root differs") + ended, differences);
    }

    /// <summary>keccak of the RLP of the logs.</summary>
    internal static Hash256 LogsHash(IReadOnlyList<Log> logs)
    {
        var writer = new RlpWriter();
        Receipt.EncodeLogs(writer, [.. logs]);
        return Keccak256.Hash(writer.Written);
    }

    private static string Describe(TransactionError error) => TransactionErrorText.Of(error);

    private BlockEnvironment EnvironmentAt(Fork fork)
    {
        var config = entry.OptionalField("config");
        var chainId = config?.OptionalField("chainid")?.Number() ?? 1;
        var spec = ChainSpec.From(fork, chainId, BlobScheduleReader.Read(config));
        var header = new BlockHeader
        {
            ParentHash = _environment.OptionalField("previousHash")?.Hash() ?? default,
            Beneficiary = _environment.Field("currentCoinbase").Address(),
            Number = _environment.Field("currentNumber").Number(),
            Timestamp = _environment.Field("currentTimestamp").Number(),
            GasLimit = _environment.Field("currentGasLimit").Number(),
            Difficulty = fork < Fork.Paris ? _environment.Field("currentDifficulty").Word() : UInt256.Zero,
            PrevRandao = fork >= Fork.Paris ? _environment.OptionalField("currentRandom")?.Hash() ?? default : default,
            BaseFeePerGas = fork >= Fork.London ? _environment.OptionalField("currentBaseFee")?.Word() ?? BaseFeeRules.InitialBaseFee : null,
            ExcessBlobGas = fork >= Fork.Cancun ? _environment.OptionalField("currentExcessBlobGas")?.Number() ?? 0 : null,
        };
        return BlockEnvironment.Of(spec, fork, header, [], DecimalHashes.Instance);
    }

    /// <summary>
    /// The signed transaction as the fixture gives it, so that decoding and recovery are tested as well. Older fills give only the fields and the
    /// sender, and know only legacy transactions.
    /// </summary>
    private TransactionError MakeTransaction(JsonElement variant, out Transaction? transaction)
    {
        if (variant.OptionalField("txbytes") is { } bytes)
        {
            Transaction.TryDecode(bytes.Bytes(), out transaction, out var error);
            return error.IsNone ? CheckSender(transaction!) : error;
        }
        var indexes = variant.Field("indexes");
        transaction = null;
        if (!Pick("value", indexes.Field("value")).TryGetWord(out var value) || !_transaction.Field("gasPrice").TryGetWord(out var gasPrice))
        {
            return new TransactionError(TransactionErrorCode.MalformedRlp) { Rlp = RlpError.TooWide };
        }
        transaction = new Transaction
        {
            Type = TransactionType.Legacy,
            Nonce = _transaction.Field("nonce").Number(),
            GasLimit = Pick("gasLimit", indexes.Field("gas")).Number(),
            MaxFeePerGas = gasPrice,
            MaxPriorityFeePerGas = gasPrice,
            To = _transaction.Field("to").Text() is { Length: > 0 } to ? FixtureJson.ToAddress(to) : null,
            Value = value,
            Data = Pick("data", indexes.Field("data")).Bytes(),
        };
        transaction.SetSender(_transaction.Field("sender").Address());
        return default;
    }

    private TransactionError CheckSender(Transaction transaction)
    {
        var want = _transaction.OptionalField("sender")?.Address();
        return transaction.TryGetSender(out var sender) && (want is null || want == sender)
            ? default
            : new TransactionError(TransactionErrorCode.InvalidSignature, sender.ToWord(), want?.ToWord() ?? default);
    }

    private JsonElement Pick(string field, JsonElement index) => _transaction.Field(field).Item((int)Math.Min(index.Number(), int.MaxValue));
}

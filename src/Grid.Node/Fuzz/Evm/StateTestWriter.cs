using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Grid.Chain;
using Grid.Crypto;
using Grid.Execution;
using Grid.Node.Fixtures;
using Grid.Primitives;
using Grid.Primitives.Rlp;
using Grid.State;

namespace Grid.Node.Fuzz.Evm;

/// <summary>
/// Writes a case as a state test in the format of the execution-spec-tests, which `grid replay` and other clients' tools run. A state test has one
/// transaction and nothing around it: of a case with several, those before the last are part of the state before.
/// </summary>
internal static class StateTestWriter
{
    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="comment">What differed, and how to see it again.</param>
    public static string Write(FuzzCase source, string comment)
    {
        var prepared = PreparedCase.Of(source);
        var accounts = new TouchedAccounts(prepared);
        var last = prepared.Transactions[^1];
        for (var i = 0; i < prepared.Transactions.Length - 1; i++)
        {
            accounts.Execute(prepared.Transactions[i]);
        }
        var pre = accounts.ToJson();
        var result = accounts.Execute(last, touchBeneficiary: true);
        var test = new JsonObject
        {
            ["env"] = EnvironmentOf(prepared),
            ["pre"] = pre,
            ["transaction"] = TransactionOf(last),
            ["post"] = new JsonObject { [ForkNames.Of(source.Fork)] = new JsonArray(PostOf(accounts, last, in result)) },
            ["config"] = new JsonObject { ["chainid"] = Number(FuzzCase.ChainId) },
            ["_info"] = new JsonObject { ["comment"] = comment },
        };
        return new JsonObject { [source.Name] = test }.ToJsonString(Options);
    }

    private static JsonObject EnvironmentOf(PreparedCase prepared)
    {
        var header = prepared.Environment.Header;
        var environment = new JsonObject
        {
            ["currentCoinbase"] = header.Beneficiary.ToString(),
            ["currentGasLimit"] = Number(header.GasLimit),
            ["currentNumber"] = Number(header.Number),
            ["currentTimestamp"] = Number(header.Timestamp),
            ["currentDifficulty"] = header.Difficulty.ToHex(),
            ["currentRandom"] = header.PrevRandao.ToString(),
            ["previousHash"] = header.ParentHash.ToString(),
        };
        if (header.BaseFeePerGas is { } baseFee)
        {
            environment["currentBaseFee"] = baseFee.ToHex();
        }
        if (header.ExcessBlobGas is { } excess)
        {
            environment["currentExcessBlobGas"] = Number(excess);
        }
        return environment;
    }

    private static JsonObject TransactionOf(Transaction transaction)
    {
        var json = new JsonObject
        {
            ["nonce"] = Number(transaction.Nonce),
            ["gasPrice"] = transaction.MaxFeePerGas.ToHex(),
            ["gasLimit"] = new JsonArray(Number(transaction.GasLimit)),
            ["to"] = transaction.To?.ToString() ?? "",
            ["value"] = new JsonArray(transaction.Value.ToHex()),
            ["data"] = new JsonArray(Hex.Encode(transaction.Data.Span)),
            ["sender"] = transaction.Sender.ToString(),
        };
        if (transaction.Type >= TransactionType.DynamicFee)
        {
            json["maxFeePerGas"] = transaction.MaxFeePerGas.ToHex();
            json["maxPriorityFeePerGas"] = transaction.MaxPriorityFeePerGas.ToHex();
        }
        return json;
    }

    private static JsonObject PostOf(TouchedAccounts accounts, Transaction transaction, in TransactionResult result)
    {
        var writer = new RlpWriter();
        Receipt.EncodeLogs(writer, result.Receipt?.Logs ?? []);
        var post = new JsonObject
        {
            ["hash"] = accounts.State.Root.ToString(),
            ["logs"] = Keccak256.Hash(writer.Written).ToString(),
            ["txbytes"] = Hex.Encode(transaction.Encoded),
            ["indexes"] = new JsonObject { ["data"] = 0, ["gas"] = 0, ["value"] = 0 },
            ["state"] = accounts.ToJson(),
        };
        if (ExpectedErrors.NameOf(result.Error) is { } expected)
        {
            post["expectException"] = expected;
        }
        return post;
    }

    private static string Number(ulong value) => new UInt256(value).ToHex();

    /// <summary>A state that grows transaction by transaction, with the addresses and slots that may be in it, which tries don't tell.</summary>
    private sealed class TouchedAccounts
    {
        private readonly PreparedCase _prepared;
        private readonly TransactionExecutor _executor;
        private readonly Dictionary<Address, HashSet<UInt256>> _known = [];

        public TouchedAccounts(PreparedCase prepared)
        {
            _prepared = prepared;
            _executor = new TransactionExecutor(prepared.Environment);
            State = prepared.State;
            foreach (var account in prepared.Accounts)
            {
                _known[account.Address] = [.. account.Storage?.Select(slot => slot.Key) ?? []];
            }
        }

        public WorldTrie State { get; private set; }

        public TransactionResult Execute(Transaction transaction, bool touchBeneficiary = false)
        {
            var world = new TransactionWorld(State, _prepared.Fork);
            var result = _executor.Execute(transaction, world, 0, 0);
            if (touchBeneficiary && result.Outcome == TransactionOutcome.Executed)
            {
                world.BeginTransaction();
                world.TryAddBalance(_prepared.Environment.Context.Coinbase, UInt256.Zero);
                world.EndTransaction();
            }
            var changes = world.CollectChanges();
            foreach (var change in changes)
            {
                if (!_known.TryGetValue(change.Address, out var slots))
                {
                    _known[change.Address] = slots = [];
                }
                foreach (ref readonly var slot in change.Slots.Span)
                {
                    slots.Add(slot.Slot);
                }
            }
            State = State.Apply(changes);
            return result;
        }

        public JsonObject ToJson()
        {
            var accounts = new JsonObject();
            foreach (var (address, slots) in _known.OrderBy(pair => pair.Key))
            {
                State.TryGetAccount(in address, out var found);
                if (found is not { } record)
                {
                    continue;
                }
                State.TryGetCode(in address, record.CodeHash, out var code);
                var storage = new JsonObject();
                foreach (var slot in slots.Order())
                {
                    if (State.TryGetStorage(in address, in slot, out var value) && !value.IsZero)
                    {
                        storage[slot.ToHex()] = value.ToHex();
                    }
                }
                accounts[address.ToString()] = new JsonObject
                {
                    ["nonce"] = Number(record.Nonce),
                    ["balance"] = record.Balance.ToHex(),
                    ["code"] = Hex.Encode(code?.Bytes ?? []),
                    ["storage"] = storage,
                };
            }
            return accounts;
        }
    }
}

using System.Text.Json;
using Grid.Chain;
using Grid.Crypto;
using Grid.Primitives;
using Grid.Primitives.Rlp;

namespace Grid.Node.Fixtures;

/// <summary>`txtest.json`: a key, the fields of a legacy transaction, and its encodings without and with signature.</summary>
public sealed class SignedTransactionTestFormat : IFixtureFormat
{
    public bool Recognizes(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("unsigned", out _) && entry.TryGetProperty("signed", out _);

    public IEnumerable<FixtureCase> Cases(string fileName, string name, JsonElement entry)
    {
        yield return new FixtureCase(name, "", () => Run(entry));
    }

    private static CaseOutcome Run(JsonElement entry)
    {
        var bytes = PlainHex(entry.Field("signed"));
        if (!Transaction.TryDecode(bytes, out var signed, out var error))
        {
            return CaseOutcome.Failed($"the transaction is refused: {TransactionErrorText.Of(error)}");
        }
        var signer = FixtureJson.ToSigner(FixtureJson.ToHash("0x" + entry.Field("key").Text()).ToWord());
        var fields = FieldsOf(entry);
        var again = signer.Sign(fields);
        var differences = new List<Difference>();
        Compare("sender", signed.Sender.ToString(), signer.Address.ToString());
        Compare("signing hash", signed.SigningHash.ToString(), fields.SigningHash.ToString());
        Compare("encoding", Hex.Encode(signed.Encoded), Hex.Encode(bytes));
        Compare("encoding without signature", Hex.Encode(EncodeUnsigned(signed)), Hex.Encode(PlainHex(entry.Field("unsigned"))));
        Transaction.TryDecode(again.Encoded, out var decoded, out _);
        Compare("sender of the own signature", decoded?.Sender.ToString() ?? "nobody", signer.Address.ToString());
        return differences.Count == 0 ? CaseOutcome.Passed : CaseOutcome.Failed("the transaction differs", differences);

        void Compare(string field, string have, string want)
        {
            if (have != want)
            {
                differences.Add(new Difference("transaction", field, have, want));
            }
        }
    }

    private static Transaction FieldsOf(JsonElement entry) => new()
    {
        Type = TransactionType.Legacy,
        Nonce = entry.Field("nonce").Number(),
        GasLimit = entry.Field("startgas").Number(),
        MaxFeePerGas = entry.Field("gasprice").Word(),
        MaxPriorityFeePerGas = entry.Field("gasprice").Word(),
        To = entry.Field("to").Text() is { Length: > 0 } to ? FixtureJson.ToAddress("0x" + to) : null,
        Value = entry.Field("value").Word(),
        Data = PlainHex(entry.Field("data")),
    };

    /// <summary>Of the time before the first release: the signature's three fields are there, and empty.</summary>
    private static byte[] EncodeUnsigned(Transaction transaction)
    {
        var writer = new RlpWriter();
        var list = writer.BeginList();
        writer.WriteUInt64(transaction.Nonce);
        writer.WriteUInt256(transaction.MaxFeePerGas);
        writer.WriteUInt64(transaction.GasLimit);
        writer.WriteBytes(transaction.To is { } to ? to.Span : []);
        writer.WriteUInt256(transaction.Value);
        writer.WriteBytes(transaction.Data.Span);
        for (var i = 0; i < 3; i++)
        {
            writer.WriteBytes([]);
        }
        writer.EndList(list);
        return writer.ToArray();
    }

    private static byte[] PlainHex(JsonElement element) => FixtureJson.ToBytes("0x" + element.Text());
}

using System.Text.Json;
using Grid.Chain;
using Grid.Evm;

namespace Grid.Node.Fixtures;

/// <summary>Transaction tests: bytes, and what each fork says about them. The chain is the main network's.</summary>
public sealed class TransactionTestFormat : IFixtureFormat
{
    private const ulong ChainId = 1;

    public bool Recognizes(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object
        && entry.TryGetProperty("txbytes", out _)
        && entry.TryGetProperty("result", out var result) && result.ValueKind == JsonValueKind.Object;

    public IEnumerable<FixtureCase> Cases(string fileName, string name, JsonElement entry)
    {
        var bytes = entry.Field("txbytes");
        foreach (var result in entry.Field("result").Members())
        {
            var forkName = result.Name;
            var want = result.Value;
            yield return new FixtureCase(name, forkName, () => ForkNames.TryParse(forkName, out var fork)
                ? Run(bytes.Bytes(), fork, want)
                : CaseOutcome.Skipped($"fork '{forkName}' is not known"));
        }
    }

    private static CaseOutcome Run(byte[] bytes, Fork fork, JsonElement want)
    {
        var error = Check(bytes, fork, out var transaction, out var intrinsic);
        if (want.OptionalField("exception")?.Text() is { } expected)
        {
            if (error.IsNone)
            {
                return CaseOutcome.Failed($"the transaction is accepted, and should be refused: {expected}");
            }
            return ExpectedErrors.Matches(expected, error) || IsAlsoMalformed(bytes, error, expected)
                ? CaseOutcome.Passed
                : CaseOutcome.Failed(
                    "the transaction is refused for another reason", new Difference("transaction", "error", TransactionErrorText.Of(error), expected));
        }
        if (!error.IsNone)
        {
            return CaseOutcome.Failed($"the transaction is refused: {TransactionErrorText.Of(error)}");
        }
        var differences = new List<Difference>();
        Compare("hash", transaction!.Hash.ToString(), want.Field("hash").Text());
        Compare("sender", transaction.Sender.ToString(), want.Field("sender").Text());
        Compare("intrinsicGas", intrinsic.Gas.ToString(), want.Field("intrinsicGas").Number().ToString());
        return differences.Count == 0 ? CaseOutcome.Passed : CaseOutcome.Failed("the transaction differs", differences);

        void Compare(string field, string have, string wanted)
        {
            if (!string.Equals(have, wanted, StringComparison.OrdinalIgnoreCase))
            {
                differences.Add(new Difference("transaction", field, have, wanted));
            }
        }
    }

    /// <summary>Bytes of a type that the fork doesn't know may be malformed, too: then either reason is right.</summary>
    private static bool IsAlsoMalformed(byte[] bytes, TransactionError error, string expected) =>
        error.Code == TransactionErrorCode.TypeNotSupported
        && !Transaction.TryDecode(bytes, out _, out var malformed)
        && ExpectedErrors.Matches(expected, malformed);

    private static TransactionError Check(byte[] bytes, Fork fork, out Transaction? transaction, out IntrinsicGas intrinsic)
    {
        intrinsic = default;
        transaction = null;
        // A fork doesn't look into a type that it doesn't know.
        if (bytes is [<= (byte)TransactionType.SetCode, ..] && fork < TransactionRules.FirstForkOf((TransactionType)bytes[0]))
        {
            return new TransactionError(TransactionErrorCode.TypeNotSupported, (ulong)bytes[0]);
        }
        if (!Transaction.TryDecode(bytes, out transaction, out var error))
        {
            return error;
        }
        error = TransactionRules.CheckStatic(transaction, fork, ChainId, out intrinsic);
        var isSigned = transaction.TryGetSender(out _);
        // The suites ask for the signature before they ask for the gas.
        return isSigned || error.Code is not (TransactionErrorCode.None or TransactionErrorCode.IntrinsicGasTooLow)
            ? error
            : new TransactionError(TransactionErrorCode.InvalidSignature);
    }
}

using Grid.Chain;
using Grid.Primitives;

namespace Grid.Node.Fixtures;

/// <summary>One line for the error of a transaction, as a report shows it.</summary>
public static class TransactionErrorText
{
    public static string Of(TransactionError error)
    {
        var text = error.Code.ToString();
        if (error.Rlp is { } rlp)
        {
            text += $" ({rlp} at byte {error.Have})";
        }
        else if (!error.Have.IsZero || !error.Want.IsZero)
        {
            text += $" (have {Number(error.Have)}, want {Number(error.Want)})";
        }
        return text;
    }

    private static string Number(UInt256 value) => value.FitsUInt64 ? value.ToString() : value.ToHex();
}

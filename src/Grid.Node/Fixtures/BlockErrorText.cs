using Grid.Chain;

namespace Grid.Node.Fixtures;

/// <summary>A block's error in a line.</summary>
public static class BlockErrorText
{
    public static string Of(BlockError error) => error.Code switch
    {
        BlockErrorCode.None => "none",
        BlockErrorCode.InvalidTransaction => $"transaction {error.Index}: {TransactionErrorText.Of(error.Transaction)}",
        BlockErrorCode.MalformedRlp => $"{error.Code} ({error.Rlp} at byte {error.Have})",
        BlockErrorCode.InvalidOmmer => $"{error.Code} {error.Index}: {error.Ommer}",
        _ => $"{error.Code} (have {error.Have.ToHex()}, want {error.Want.ToHex()}, index {error.Index})",
    };
}

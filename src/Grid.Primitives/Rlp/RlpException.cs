namespace Grid.Primitives.Rlp;

/// <summary>What is wrong with RLP input.</summary>
public enum RlpError
{
    /// <summary>The input ends inside an item.</summary>
    Truncated,

    /// <summary>Bytes remain after the item.</summary>
    TrailingBytes,

    /// <summary>A length, or a single byte, is not written in its shortest form.</summary>
    NonCanonicalLength,

    /// <summary>An integer has leading zeros.</summary>
    LeadingZero,

    /// <summary>An integer or a fixed-size value is wider than its field.</summary>
    TooWide,

    /// <summary>A fixed-size value is shorter than its field.</summary>
    TooShort,

    /// <summary>A list stands where a string is expected.</summary>
    UnexpectedList,

    /// <summary>A string stands where a list is expected.</summary>
    UnexpectedString,

    /// <summary>A list has more items, or a value more bytes, than the reader allows.</summary>
    LimitExceeded,

    /// <summary>A value is not among those its field allows.</summary>
    InvalidValue,
}

/// <summary>Malformed RLP: the one exception that <see cref="RlpReader"/> throws.</summary>
public sealed class RlpException(RlpError error, int offset) : FormatException($"Malformed RLP: {error} at byte {offset}.")
{
    public RlpError Error { get; } = error;

    /// <summary>Bytes from the start of the reader's input.</summary>
    public int Offset { get; } = offset;
}

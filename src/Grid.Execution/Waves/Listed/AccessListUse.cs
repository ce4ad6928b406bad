namespace Grid.Execution.Waves;

/// <summary>What became of the access list that came with a block.</summary>
public enum AccessListUse : byte
{
    /// <summary>None came.</summary>
    None,

    /// <summary>It is exact, and every transaction ran at once on it.</summary>
    Used,

    /// <summary>The block would gain nothing: it is small, or there is one lane.</summary>
    Unneeded,

    /// <summary>Before Byzantium receipts hold roots, and accounts may be empty: such a block goes one transaction after the other.</summary>
    Unsupported,

    /// <summary>These bytes are no access list.</summary>
    Malformed,

    /// <summary>It names more than the block's gas pays for.</summary>
    TooLarge,

    /// <summary>It isn't what the block's transactions do: something lacks, is too much or has another value. The block was executed without it.</summary>
    Wrong,
}

namespace Grid.Evm;

/// <summary>Costs that no fork has changed, or that came with one rule (Yellow Paper, appendix G, and the EIP named).</summary>
public static class Gas
{
    public const int CopyWord = 3;
    public const int KeccakWord = 6;
    public const int Log = 375;
    public const int LogTopic = 375;
    public const int LogByte = 8;
    public const int CallValue = 9_000;
    public const int CallStipend = 2_300;
    public const int NewAccount = 25_000;
    public const int CodeDepositByte = 200;
    public const int SstoreSet = 20_000;
    public const int SelfDestructRefund = 24_000;

    /// <summary>EIP-2929.</summary>
    public const int WarmAccess = 100;

    /// <summary>EIP-2929.</summary>
    public const int ColdAccount = 2_600;

    /// <summary>EIP-2929.</summary>
    public const int ColdSlot = 2_100;

    /// <summary>Words of 32 bytes that hold this many bytes.</summary>
    public static ulong Words(ulong bytes) => (bytes + 31) >> 5;
}

using Grid.Evm;

namespace Grid.Chain;

/// <summary>What a transaction costs before its first instruction (Yellow Paper, section 6.2), and at least in all (EIP-7623).</summary>
/// <param name="Gas">Charged before execution.</param>
/// <param name="Floor">The least that the transaction is charged in all; zero before Prague.</param>
public readonly record struct IntrinsicGas(ulong Gas, ulong Floor)
{
    public const ulong Transaction = 21_000;

    /// <summary>EIP-2: from Homestead on.</summary>
    public const ulong Creation = 32_000;

    public const ulong ZeroByte = 4;

    public const ulong NonZeroByteBeforeIstanbul = 68;

    /// <summary>EIP-2028.</summary>
    public const ulong NonZeroByte = 16;

    /// <summary>EIP-2930.</summary>
    public const ulong AccessListAddress = 2_400;

    /// <summary>EIP-2930.</summary>
    public const ulong AccessListStorageKey = 1_900;

    /// <summary>EIP-3860: per 32 bytes of initcode.</summary>
    public const ulong InitcodeWord = 2;

    /// <summary>EIP-7702: per authorization, as if its account were new; the difference is refunded where it isn't.</summary>
    public const ulong PerEmptyAccount = 25_000;

    /// <summary>EIP-7702.</summary>
    public const ulong PerAuthorization = 12_500;

    /// <summary>EIP-7623: per token, of which a zero byte is one and another byte four.</summary>
    public const ulong FloorPerToken = 10;

    public static IntrinsicGas Of(Transaction transaction, Fork fork)
    {
        var data = transaction.Data.Span;
        var zeros = (ulong)data.Count((byte)0);
        var others = (ulong)data.Length - zeros;
        var gas = Transaction + (zeros * ZeroByte) + (others * (fork >= Fork.Istanbul ? NonZeroByte : NonZeroByteBeforeIstanbul));
        if (transaction.IsCreation)
        {
            gas += fork >= Fork.Homestead ? Creation : 0;
            gas += fork >= Fork.Shanghai ? (ulong)(data.Length + 31) / 32 * InitcodeWord : 0;
        }
        foreach (var entry in transaction.AccessList)
        {
            gas += AccessListAddress + ((ulong)entry.StorageKeys.Length * AccessListStorageKey);
        }
        gas += (ulong)transaction.AuthorizationList.Length * PerEmptyAccount;
        var floor = fork >= Fork.Prague ? Transaction + ((zeros + (others * 4)) * FloorPerToken) : 0;
        return new IntrinsicGas(gas, floor);
    }
}

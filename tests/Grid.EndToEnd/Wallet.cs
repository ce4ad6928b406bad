using Grid.Chain;
using Grid.Primitives;

namespace Grid.EndToEnd;

/// <summary>Signs transactions of the development accounts.</summary>
internal static class Wallet
{
    public const int Accounts = 10;

    private static readonly UInt256 Gwei = 1_000_000_000UL;

    public static Address AddressOf(int account) => DevelopmentAccounts.Signers[account].Address;

    /// <summary>A transfer of some wei; what is to differ, the caller changes.</summary>
    public static Transaction Transfer(ulong nonce, Address? to, ulong valueWei = 1, ulong maxFeeGwei = 3, ulong gasLimit = 21_000, byte[]? data = null, ulong chainId = DevelopmentAccounts.ChainId) => new()
    {
        Type = TransactionType.DynamicFee,
        ChainId = chainId,
        Nonce = nonce,
        GasLimit = gasLimit,
        MaxFeePerGas = Gwei * maxFeeGwei,
        MaxPriorityFeePerGas = Gwei,
        To = to,
        Value = valueWei,
        Data = data ?? [],
    };

    public static Transaction Sign(int account, Transaction unsigned) => DevelopmentAccounts.Signers[account].Sign(unsigned);

    /// <summary>A signed transfer as it is sent.</summary>
    public static string Raw(int account, ulong nonce, Address? to, ulong valueWei = 1, ulong maxFeeGwei = 3, ulong gasLimit = 21_000, byte[]? data = null) =>
        RawOf(Sign(account, Transfer(nonce, to, valueWei, maxFeeGwei, gasLimit, data)));

    public static string RawOf(Transaction signed) => Hex.Encode(signed.Encoded);

    /// <summary>An address that nobody else in these tests pays.</summary>
    public static Address NewReceiver() => Address.Parse(Hex.Encode(Guid.NewGuid().ToByteArray().Concat(new byte[4]).ToArray()));
}

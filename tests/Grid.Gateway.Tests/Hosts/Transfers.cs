using Grid.Chain;
using Grid.Primitives;

namespace Grid.Gateway.Tests.Hosts;

/// <summary>Makes signed transactions of the development accounts.</summary>
internal static class Transfers
{
    public static readonly UInt256 Gwei = 1_000_000_000UL;

    public static Signer Account(int index) => DevelopmentAccounts.Signers[index];

    public static Transaction Unsigned(ulong nonce, Address? to, ulong value = 1, ulong gasLimit = 21_000, byte[]? data = null) => new()
    {
        Type = TransactionType.DynamicFee,
        ChainId = DevelopmentAccounts.ChainId,
        Nonce = nonce,
        GasLimit = gasLimit,
        MaxFeePerGas = Gwei * 3,
        MaxPriorityFeePerGas = Gwei,
        To = to,
        Value = value,
        Data = data ?? [],
    };

    public static string Raw(int account, ulong nonce, Address? to, ulong value = 1, ulong gasLimit = 21_000, byte[]? data = null) =>
        RawOf(Account(account).Sign(Unsigned(nonce, to, value, gasLimit, data)));

    public static string RawOf(Transaction transaction) => Hex.Encode(transaction.Encoded);
}

using Grid.Evm;
using Grid.Primitives;

namespace Grid.Chain;

/// <summary>
/// The ten accounts of the mnemonic "test test test test test test test test test test test junk" (BIP-39, path m/44'/60'/0'/0/i) that
/// anvil and Hardhat fund too, and the genesis that funds them. Their keys are public: for development only.
/// </summary>
public static class DevelopmentAccounts
{
    public const string Mnemonic = "test test test test test test test test test test test junk";

    public const ulong ChainId = 31337;

    /// <summary>Gas units a block of the development chain may use.</summary>
    public const ulong GasLimit = 1_000_000_000;

    public static UInt256 BalanceWei { get; } = UInt256.Parse("10000000000000000000000");

    /// <summary>32 bytes each, in the order of their index.</summary>
    public static IReadOnlyList<Hash256> PrivateKeys { get; } =
    [
        Hash256.Parse("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"),
        Hash256.Parse("0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"),
        Hash256.Parse("0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a"),
        Hash256.Parse("0x7c852118294e51e653712a81e05800f419141751be58f605c371e15141b007a6"),
        Hash256.Parse("0x47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a"),
        Hash256.Parse("0x8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba"),
        Hash256.Parse("0x92db14e403b83dfe3df233f83dfa3a0d7096f21ca9b0d6d6b8d88b2b4ec1564e"),
        Hash256.Parse("0x4bbbf85ce3377467afe5d46f804f221813b2bb87f24d81f60f1fcdbf7cbf4356"),
        Hash256.Parse("0xdbda1821b80551c9d65939329250298aa3472ba22feea921c0cf5d620ea67b97"),
        Hash256.Parse("0x2a871d0798f97d79848a013d4936a73bf4cc922c825d33c1cf7073dff6d409c6"),
    ];

    /// <summary>In the order of their index.</summary>
    public static IReadOnlyList<Signer> Signers { get; } = [.. PrivateKeys.Select(key => new Signer(key.ToWord()))];

    /// <summary>The genesis of the development chain: Osaka, the ten accounts, and the system contracts.</summary>
    /// <param name="timestamp">Seconds since 1970.</param>
    public static Genesis Genesis(ulong timestamp) => new()
    {
        Spec = ChainSpec.From(Fork.Osaka, ChainId),
        Accounts = [.. SystemContracts.GenesisAccounts(), .. Signers.Select(signer => new GenesisAccount(signer.Address, BalanceWei))],
        Timestamp = timestamp,
        GasLimit = GasLimit,
    };
}

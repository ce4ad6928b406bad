using Grid.Primitives;

namespace Grid.Chain;

/// <summary>Where the contracts are that the protocol itself calls; development networks had some of them elsewhere.</summary>
/// <param name="BeaconRoots">EIP-4788, from Cancun on.</param>
/// <param name="HistoryStorage">EIP-2935, from Prague on.</param>
/// <param name="WithdrawalRequests">EIP-7002, from Prague on.</param>
/// <param name="ConsolidationRequests">EIP-7251, from Prague on.</param>
public sealed record SystemContractAddresses(Address BeaconRoots, Address HistoryStorage, Address WithdrawalRequests, Address ConsolidationRequests)
{
    /// <summary>The addresses of the EIPs' final versions.</summary>
    public static readonly SystemContractAddresses Mainnet = new(
        SystemContracts.BeaconRoots, SystemContracts.HistoryStorage, SystemContracts.WithdrawalRequests, SystemContracts.ConsolidationRequests);
}

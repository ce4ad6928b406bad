using Grid.Chain;
using Grid.Evm;
using Grid.Primitives;

namespace Grid.Grains.Tests;

/// <summary>Blocks that conflict a little: transfers, and calls of a few contracts that keep what they are called with.</summary>
internal static class StoreCalls
{
    public static async Task<Address[]> DeployAsync(TestChain chain)
    {
        Transaction[] deployments = [.. Enumerable.Range(0, 6).Select(i => chain.Sign(i, null, 0, TestContracts.StoreInitcode, 300_000))];
        await chain.MakeAsync(deployments);
        return [.. deployments.Select(deployment => ContractAddress.FromNonce(deployment.Sender, deployment.Nonce))];
    }

    /// <summary>80 transactions: transfers among few accounts, and calls that each write a slot that all callers share and one that few do.</summary>
    public static Transaction[] Random(TestChain chain, System.Random random, Address[] contracts) => [.. Enumerable.Range(0, 80).Select(_ =>
        random.Next(3) == 0
            ? chain.Transfer(random.Next(10), Address.FromNumber(0xbeef00 + (ulong)random.Next(20)), (ulong)random.Next(1, 1_000))
            : chain.Sign(random.Next(10), contracts[random.Next(contracts.Length)], 0, TestContracts.StoreCall((ulong)random.Next(1, 50), (ulong)random.Next(3)), 120_000))];
}

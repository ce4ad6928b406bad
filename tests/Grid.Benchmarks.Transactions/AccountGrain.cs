using Orleans.Concurrency;
using Orleans.Transactions.Abstractions;

namespace Grid.Benchmarks.Transactions;

/// <summary>What an account owns.</summary>
[GenerateSerializer, Alias("benchmark.balance")]
public sealed class Balance
{
    [Id(0)]
    public long Amount { get; set; }
}

/// <summary>An account as Orleans' documentation writes one: a grain with transactional state.</summary>
[Alias("benchmark.ITransactionalAccountGrain")]
public interface ITransactionalAccountGrain : IGrainWithIntegerKey
{
    [Transaction(TransactionOption.CreateOrJoin), Alias("Deposit")]
    Task Deposit(long amount);

    /// <exception cref="InvalidOperationException">It owns less: the transaction is aborted.</exception>
    [Transaction(TransactionOption.Join), Alias("Withdraw")]
    Task Withdraw(long amount);

    [Transaction(TransactionOption.CreateOrJoin), Alias("Read")]
    Task<long> Read();
}

[Reentrant]
public sealed class TransactionalAccountGrain(
    [TransactionalState("balance", TransactionalAccountGrain.Storage)] ITransactionalState<Balance> balance) : Grain, ITransactionalAccountGrain
{
    /// <summary>The name of the provider that keeps it, in memory.</summary>
    public const string Storage = "accounts";

    public Task Deposit(long amount) => balance.PerformUpdate(state => state.Amount += amount);

    public Task Withdraw(long amount) => balance.PerformUpdate(state =>
    {
        if (state.Amount < amount)
        {
            throw new InvalidOperationException($"{state.Amount} is less than {amount}.");
        }
        state.Amount -= amount;
    });

    public Task<long> Read() => balance.PerformRead(state => state.Amount);
}

using System.CommandLine;
using Grid.Benchmarks.Transactions;

// dotnet run -c Release --project tests/Grid.Benchmarks.Transactions
return await TransfersCommand.Create().Parse(args).InvokeAsync();

using System.Text.Json;
using Grid.Chain;
using Grid.Evm;
using Grid.Node.Bench;
using Grid.Node.Fixtures;
using Grid.Node.Fuzz.Evm.Paths;
using Grid.Primitives;
using Grid.State;

namespace Grid.Node.Fuzz.Evm.Anvil;

/// <summary>
/// anvil's execution of the same transactions over the same state, in the context that anvil's header tells: status, output, gas, logs and state
/// must be the same, and what anvil refuses must be refused. One anvil at a time; its state goes back after each case.
/// </summary>
internal sealed class AnvilPath(string executable) : ISlowPath, IDisposable
{
    /// <summary>After so many cases a new process: anvil keeps every block.</summary>
    private const int CasesPerProcess = 512;

    private AnvilChain? _chain;
    private int _cases;

    public string Name => "anvil";

    public int ShrinkTriesMax => 600;

    public IReadOnlyList<Difference> Check(PreparedCase prepared, CaseResult oracle)
    {
        try
        {
            return CheckAsync(prepared.Source).GetAwaiter().GetResult();
        }
        catch (HttpRequestException exception)
        {
            // It has ended, as on what its authors think impossible: the next case has a new one.
            Dispose();
            return [new Difference("process", "end", exception.Message, "an answer")];
        }
    }

    public void Dispose()
    {
        _chain?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _chain = null;
    }

    private async Task<IReadOnlyList<Difference>> CheckAsync(FuzzCase source)
    {
        var prepared = PreparedCase.Of(AnvilDepartures.Limit(source));
        if (prepared.Transactions.Length == 0)
        {
            return [];
        }
        var chain = await ChainOfAsync(prepared.Fork);
        var snapshot = await chain.Process.CallAsync("evm_snapshot", [], CancellationToken.None);
        var block = await AnvilBlock.MineAsync(chain, prepared);
        var comparison = new AnvilComparison(chain, prepared, block);
        var differences = comparison.Run();
        if (comparison.After.Root != block.Header.StateRoot)
        {
            await CompareStateAsync(chain, comparison, differences);
        }
        await chain.Process.CallAsync("anvil_dropAllTransactions", [], CancellationToken.None);
        await chain.Process.CallAsync("evm_revert", [snapshot.GetString()], CancellationToken.None);
        return differences;
    }

    private async Task<AnvilChain> ChainOfAsync(Fork fork)
    {
        if (_chain is { } current && current.Fork == fork && _cases++ < CasesPerProcess)
        {
            return current;
        }
        if (_chain is { } last)
        {
            await last.DisposeAsync();
        }
        _chain = null;
        _cases = 0;
        return _chain = await AnvilChain.StartAsync(executable, fork, CancellationToken.None);
    }

    /// <summary>Every account and slot that was accessed.</summary>
    private static async Task CompareStateAsync(AnvilChain chain, AnvilComparison comparison, List<Difference> differences)
    {
        var (after, list) = (comparison.After, comparison.Accessed);
        var calls = new List<AnvilCall>();
        var compared = new List<(string Subject, string Field, string Have, Func<JsonElement, string> Read)>();
        for (var i = 0; i < list.Accounts.Length; i++)
        {
            var account = list.Accounts[i];
            var address = account.Address.ToString();
            after.TryGetAccount(account.Address, out var found);
            var record = found ?? AccountRecord.Empty;
            after.TryGetCode(account.Address, record.CodeHash, out var code);
            Ask("eth_getBalance", [address, "latest"], "balance", record.Balance.ToHex(), reply => reply.Word().ToHex());
            Ask("eth_getTransactionCount", [address, "latest"], "nonce", $"{record.Nonce}", reply => $"{reply.Number()}");
            Ask("eth_getCode", [address, "latest"], "code", Hex.Encode(code?.Bytes ?? []), reply => reply.Text());
            foreach (var slot in list.Slots(in account))
            {
                after.TryGetStorage(account.Address, slot.Key, out var value);
                Ask("eth_getStorageAt", [address, Hash256.FromWord(slot.Key).ToString(), "latest"], $"storage[{slot.Key.ToHex()}]", value.ToHex(),
                    reply => reply.Word().ToHex());
            }

            void Ask(string method, object?[] parameters, string field, string have, Func<JsonElement, string> read)
            {
                calls.Add(new AnvilCall(method, parameters));
                compared.Add((address, field, have, read));
            }
        }
        var replies = await chain.Process.AskAsync(calls, CancellationToken.None);
        for (var i = 0; i < replies.Length; i++)
        {
            CaseResult.Compare(differences, "account " + compared[i].Subject, compared[i].Field, compared[i].Have, compared[i].Read(replies[i].Value));
        }
    }
}

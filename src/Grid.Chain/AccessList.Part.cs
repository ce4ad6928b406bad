namespace Grid.Chain;

public sealed partial class BlockAccessList
{
    /// <summary>The list of some of its accounts; it shares the arrays of changes with this one.</summary>
    /// <param name="places">Places in <see cref="Accounts"/>, ascending.</param>
    public BlockAccessList Select(ReadOnlySpan<int> places)
    {
        if (places.IsEmpty)
        {
            return Empty;
        }
        var accounts = _accounts[..places.Length];
        for (var i = 0; i < places.Length; i++)
        {
            accounts[i] = _accounts[places[i]];
        }
        return new BlockAccessList(accounts, _slots, _storageChanges, _balances, _nonces, _codes);
    }
}

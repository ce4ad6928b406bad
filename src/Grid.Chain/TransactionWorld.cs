using Grid.Evm;
using Grid.State;

namespace Grid.Chain;

/// <summary>The overlay as the interpreter's world state: where the two floors below, which don't know each other, meet.</summary>
public sealed class TransactionWorld(IStateReader reader, Fork fork) : JournaledOverlay(reader, RulesOf(fork)), IWorldState
{
    /// <summary>For the next strand or block.</summary>
    public void Reset(IStateReader reader, Fork fork) => Reset(reader, RulesOf(fork));

    private static OverlayRules RulesOf(Fork fork) => new(DeleteEmptyAccounts: fork >= Fork.SpuriousDragon);
}

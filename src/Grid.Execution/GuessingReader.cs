using Grid.Primitives;
using Grid.State;

namespace Grid.Execution;

/// <summary>
/// A state that says of what isn't at hand that there is nothing, and remembers what it was asked for: what a run on it leads to is worth
/// nothing, but most of what it asks for is what a right run will ask for.
/// </summary>
/// <param name="asked">Receives what isn't at hand, each once.</param>
internal sealed class GuessingReader(IStateReader reader, HashSet<StateMiss> asked) : IStateReader
{
    public bool TryGetAccount(in Address address, out AccountRecord? record)
    {
        if (!reader.TryGetAccount(in address, out record))
        {
            asked.Add(new StateMiss(MissKind.Account, address, default, default));
            record = null;
        }
        return true;
    }

    public bool TryGetStorage(in Address address, in UInt256 slot, out UInt256 value)
    {
        if (!reader.TryGetStorage(in address, in slot, out value))
        {
            asked.Add(new StateMiss(MissKind.Storage, address, slot, default));
            value = UInt256.Zero;
        }
        return true;
    }

    public bool TryGetCode(in Address address, in Hash256 codeHash, out Bytecode? code)
    {
        if (!reader.TryGetCode(in address, in codeHash, out code))
        {
            asked.Add(new StateMiss(MissKind.Code, address, default, codeHash));
            code = null;
        }
        return true;
    }
}

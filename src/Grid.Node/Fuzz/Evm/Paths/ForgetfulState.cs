using Grid.Primitives;
using Grid.State;

namespace Grid.Node.Fuzz.Evm.Paths;

/// <summary>A state of which nothing is at hand but what was brought. One thread at a time.</summary>
internal sealed class ForgetfulState(WorldTrie state) : IStateReader
{
    private readonly HashSet<StateMiss> _known = [];

    /// <summary>Whether it is new.</summary>
    public bool Bring(StateMiss miss) => _known.Add(miss);

    public bool TryGetAccount(in Address address, out AccountRecord? record)
    {
        record = null;
        return _known.Contains(new StateMiss(MissKind.Account, address, default, default)) && state.TryGetAccount(in address, out record);
    }

    public bool TryGetStorage(in Address address, in UInt256 slot, out UInt256 value)
    {
        value = default;
        return _known.Contains(new StateMiss(MissKind.Storage, address, slot, default)) && state.TryGetStorage(in address, in slot, out value);
    }

    public bool TryGetCode(in Address address, in Hash256 codeHash, out Bytecode? code)
    {
        code = null;
        return _known.Contains(new StateMiss(MissKind.Code, address, default, codeHash)) && state.TryGetCode(in address, in codeHash, out code);
    }
}

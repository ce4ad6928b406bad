using System.Collections.Concurrent;
using Grid.Crypto;
using Grid.Primitives;

namespace Grid.State;

/// <summary>
/// Code by its hash. Content-addressed and append-only, so one table serves all versions of a state: what a version's records
/// name was added before that version was made. Thread-safe. As large as the code in the state.
/// </summary>
public sealed class CodeTable
{
    private readonly ConcurrentDictionary<Hash256, Bytecode> _codes = new();

    public int Count => _codes.Count;

    /// <summary>Adds code; returns the instance that everybody shares.</summary>
    public Bytecode Add(Bytecode code) => _codes.GetOrAdd(code.Hash, code);

    /// <summary>Looks code up; null for the hash of no code. False when the code isn't here.</summary>
    public bool TryGet(in Hash256 codeHash, out Bytecode? code)
    {
        code = null;
        return codeHash == Keccak256.OfEmpty || _codes.TryGetValue(codeHash, out code);
    }
}

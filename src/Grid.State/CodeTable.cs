using System.Collections.Concurrent;
using Grid.Crypto;
using Grid.Primitives;

namespace Grid.State;

/// <summary>
/// Code by its hash. Content-addressed, so one table serves all versions of a state: what a version's records name was added before that
/// version was made, or can be loaded. As large as the code in the state, or, with a source, as its user allows.
/// </summary>
/// <remarks>
/// Safe because entries are independent and code is immutable: an entry that goes while another thread looks it up is loaded again.
/// </remarks>
/// <param name="load">Reads stored code, on the thread that asks; null where it isn't stored. Without it the table holds all there is.</param>
public sealed class CodeTable(CodeLoader? load = null)
{
    private readonly ConcurrentDictionary<Hash256, Entry> _codes = new();

    public int Count => _codes.Count;

    /// <summary>Adds code that may not be stored yet; returns the instance that everybody shares.</summary>
    public Bytecode Add(Bytecode code) => _codes.GetOrAdd(code.Hash, _ => new Entry(code)).Code;

    /// <summary>Looks code up; null for the hash of no code. False when the code is neither here nor stored.</summary>
    public bool TryGet(in Hash256 codeHash, out Bytecode? code)
    {
        code = null;
        if (codeHash == Keccak256.OfEmpty)
        {
            return true;
        }
        if (_codes.TryGetValue(codeHash, out var entry))
        {
            entry.IsUsed = true;
            code = entry.Code;
        }
        else if (load?.Invoke(in codeHash) is { } stored)
        {
            code = _codes.GetOrAdd(codeHash, _ => new Entry(stored) { IsStored = true }).Code;
        }
        return code is not null;
    }

    /// <summary>Notes that code is stored: it may go, and is loaded when it is needed.</summary>
    public void MarkStored(IEnumerable<Bytecode> codes)
    {
        foreach (var code in codes)
        {
            if (_codes.TryGetValue(code.Hash, out var entry))
            {
                entry.IsStored = true;
            }
        }
    }

    /// <summary>Lets go of stored code that wasn't looked up since the last call, until the rest takes this many bytes, or all such code is gone.</summary>
    public void Evict(long bytesMax)
    {
        if (load is null)
        {
            return;
        }
        var bytes = _codes.Sum(x => (long)x.Value.Code.Length);
        foreach (var (hash, entry) in _codes)
        {
            if (bytes <= bytesMax)
            {
                break;
            }
            if (entry.IsStored && !entry.IsUsed && _codes.TryRemove(hash, out _))
            {
                bytes -= entry.Code.Length;
            }
            entry.IsUsed = false;
        }
    }

    private sealed class Entry(Bytecode code)
    {
        public Bytecode Code => code;

        public volatile bool IsUsed = true;

        public volatile bool IsStored;
    }
}

/// <summary>Reads stored code; null where there is none with this hash.</summary>
public delegate Bytecode? CodeLoader(in Hash256 codeHash);

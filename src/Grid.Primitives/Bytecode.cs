namespace Grid.Primitives;

/// <summary>
/// A contract's code with its hash. One instance is shared by everybody who runs that code, so that what the interpreter finds
/// out about it (<see cref="Analysis"/>) is found out once. Immutable but for that slot, whose value depends on the bytes alone:
/// two threads that fill it at once write equal values, and a reference is written whole.
/// </summary>
public sealed class Bytecode(byte[] bytes, Hash256 hash)
{
    private volatile object? _analysis;

    public byte[] Bytes { get; } = bytes;

    /// <summary>Keccak-256 of the bytes.</summary>
    public Hash256 Hash { get; } = hash;

    public int Length => Bytes.Length;

    /// <summary>The interpreter's analysis; null until the code first runs.</summary>
    public object? Analysis
    {
        get => _analysis;
        set => _analysis = value;
    }
}

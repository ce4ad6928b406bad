using Grid.Primitives.Rlp;

namespace Grid.Chain;

/// <summary>
/// Lends each thread up to two writers, so that hashing and encoding allocate no buffers. Safe without locks: the slots are
/// thread-static, and a writer is out of its slot while it is lent. A writer that grew beyond 1 MiB isn't kept.
/// </summary>
internal static class RlpBuffers
{
    private const int MaxKeptBytes = 1 << 20;

    [ThreadStatic] private static RlpWriter? _first, _second;

    public static RlpWriter Rent()
    {
        var writer = _first ?? _second;
        if (writer is null)
        {
            return new RlpWriter(1024);
        }
        if (_first is not null)
        {
            _first = null;
        }
        else
        {
            _second = null;
        }
        writer.Clear();
        return writer;
    }

    public static void Return(RlpWriter writer)
    {
        if (writer.Length > MaxKeptBytes)
        {
            return;
        }
        if (_first is null)
        {
            _first = writer;
        }
        else
        {
            _second = writer;
        }
    }
}

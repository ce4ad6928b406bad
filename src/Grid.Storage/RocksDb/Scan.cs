using RocksDbSharp;
using Database = RocksDbSharp.RocksDb;

namespace Grid.Storage.RocksDb;

/// <summary>Keys with a common beginning, in order, as they were when the scan began.</summary>
/// <param name="from">The first key that is wanted; null for the first with the prefix.</param>
internal sealed class Scan(Database database, ColumnFamilyHandle family, byte[] prefix, byte[]? from = null) : IDisposable
{
    private readonly Iterator _iterator = database.NewIterator(family);
    private bool _hasBegun;

    /// <summary>Valid until the scan moves.</summary>
    public ReadOnlySpan<byte> Key => _iterator.GetKeySpan();

    /// <inheritdoc cref="Key"/>
    public ReadOnlySpan<byte> Value => _iterator.GetValueSpan();

    /// <exception cref="StorageException">What is next can't be read.</exception>
    public bool MoveNext()
    {
        if (_hasBegun)
        {
            _iterator.Next();
        }
        else
        {
            _iterator.Seek(from ?? prefix);
            _hasBegun = true;
        }
        if (_iterator.Valid())
        {
            return _iterator.GetKeySpan().StartsWith(prefix);
        }
        try
        {
            // An iterator that has met an error looks like one that is at the end.
            Native.Instance.rocksdb_iter_get_error(_iterator.Handle);
            return false;
        }
        catch (RocksDbException error)
        {
            throw Failures.Of(error);
        }
    }

    public void Dispose() => _iterator.Dispose();
}

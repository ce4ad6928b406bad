using System.Buffers.Binary;
using Grid.Primitives;
using Npgsql;

namespace Grid.Storage.Postgres;

/// <summary>Writes what follows from blocks behind their appends: where their transactions are, and that the pool table has them no more.</summary>
/// <remarks>
/// Safe, with any number of processes, because the one row of "indexed" says from which block on that is missing, and a block's rows are written by one statement, which begins by
/// moving that row from this block to the next one: who comes meanwhile waits, finds it moved, and writes nothing. It is made of what the block itself says, so
/// it doesn't matter who appended it, nor whether he is still there: whoever takes the next fencing number or appends the next block has all written that is missing.
/// As it is one statement, a process that freezes holds no lock.
/// <para>
/// Readers look through the blocks that are missing in the same statement as at the rows. How many those can be is bounded: an append that would leave more waits.
/// </para>
/// </remarks>
internal sealed class IndexWriter : IAsyncDisposable
{
    private const string SelectMissing = "select next, number, hash, transaction_hashes from indexed left join blocks on number = next";

    // Only for the block that was read: a database that was put back to an earlier state has another one. Sorted, neighbours in the index come one
    // after the other. An entry that was admitted again after its block stays.
    private const string Write = """
        with moved as (
            update indexed set next = $1 + 1 where next = $1 and exists (select from blocks where number = $1 and hash = $2)
            returning next
        ), located as (
            insert into transactions (prefix, number, index)
            select prefix, $1, position::integer - 1 from moved, unnest($3) with ordinality as included (prefix, position) order by prefix
        ), taken as (
            delete from pool using moved where hash = any ($4) and coalesce(admitted_after, -1) < $1
        )
        select count(*) from moved
        """;

    private readonly PostgresDatabase _database;
    private readonly int _behindMax;
    private readonly IIndexWatch? _watch;
    private readonly GroupLoop<Request, bool> _loop;
    // From which block on rows are missing, as far as this process has heard; what it hasn't heard makes an append wait, and then ask.
    private ulong _next;

    /// <param name="behindMax">The most blocks that an append may leave without rows.</param>
    /// <param name="watch">Is told of each write; null for nobody.</param>
    public IndexWriter(PostgresDatabase database, int behindMax, IIndexWatch? watch)
    {
        (_database, _behindMax, _watch) = (database, behindMax, watch);
        _loop = new GroupLoop<Request, bool>(database.Name, CommitAsync);
    }

    /// <summary>What an index finds a transaction by: the first eight bytes of its hash.</summary>
    public static long Prefix(in Hash256 hash) => BinaryPrimitives.ReadInt64BigEndian(hash.Span);

    /// <summary>Returns when a block may be appended: when not too many before it are missing.</summary>
    /// <exception cref="StorageException">What is missing couldn't be written.</exception>
    public async ValueTask WaitForRoomAsync(ulong number, CancellationToken cancellation)
    {
        if (number >= Volatile.Read(ref _next) + (ulong)_behindMax)
        {
            await CompleteAsync(cancellation);
        }
    }

    /// <summary>Begins to write what is missing; nobody waits for it.</summary>
    /// <param name="next">From which block on that is, where the caller has heard; null otherwise.</param>
    public void Begin(ulong? next = null)
    {
        if (next is { } heard)
        {
            Volatile.Write(ref _next, heard);
        }
        _ = BeginAsync();
    }

    /// <summary>Writes what is missing.</summary>
    /// <param name="cancellation">Counts until the request is queued.</param>
    /// <exception cref="StorageException">It couldn't be written, or not all of it.</exception>
    public Task CompleteAsync(CancellationToken cancellation) => _loop.RunAsync(new Request(), cancellation);

    /// <summary>Finishes what was begun, where the database can be reached.</summary>
    public ValueTask DisposeAsync() => _loop.DisposeAsync();

    private async Task BeginAsync()
    {
        try
        {
            await CompleteAsync(CancellationToken.None);
        }
        catch (StorageException)
        {
            // Readers find the blocks, and who appends the next one, or takes over, tries again.
        }
    }

    private async Task CommitAsync(IReadOnlyList<Request> group)
    {
        while (await ReadMissingAsync() is { } block)
        {
            _watch?.Writing(block.Number);
            await _database.WriteAsync(connection => WriteAsync(connection, block), CancellationToken.None);
            _watch?.Written(block.Number);
        }
        foreach (var request in group)
        {
            request.Complete(true);
        }
    }

    private async Task<Missing?> ReadMissingAsync()
    {
        var (next, block) = await _database.ReadRowAsync(
            SelectMissing,
            null,
            row => ((ulong?)row.Number(0), row.IsDBNull(1) ? null : new Missing(row.Number(1), row.Hash(2), row.Hashes(3))),
            CancellationToken.None);
        Volatile.Write(ref _next, next ?? throw new StorageException(StorageError.Corrupt, $"{_database.Name}: which blocks the index has isn't told"));
        return block;
    }

    /// <summary>Where another process has written it meanwhile, nothing is.</summary>
    private static async Task<bool> WriteAsync(NpgsqlConnection connection, Missing block)
    {
        await using var command = new NpgsqlCommand(Write, connection)
            .With(checked((long)block.Number))
            .With(block.Hash)
            .With(Array.ConvertAll(block.Transactions, hash => Prefix(in hash)))
            .With(Array.ConvertAll(block.Transactions, hash => hash.ToArray()));
        return await command.ExecuteScalarAsync(CancellationToken.None) is 1L;
    }

    /// <summary>A block whose rows aren't there yet.</summary>
    private sealed record Missing(ulong Number, Hash256 Hash, Hash256[] Transactions);

    private sealed class Request() : GroupedRequest<bool>(0);
}

using System.Buffers.Binary;
using Grid.Primitives;
using Npgsql;

namespace Grid.Storage.Postgres;

/// <summary>Writes what follows from blocks behind their appends: where their transactions are, and that the pool table has them no more.</summary>
/// <remarks>
/// Safe, with any number of processes, because the one row of "indexed" says from which block on that is missing, and a transaction begins by locking it: who comes meanwhile
/// waits, and then finds what is left. Rows and their mark are one transaction, made of what the blocks themselves say, so it doesn't matter who appended them, nor
/// whether he is still there: whoever takes the next fencing number or appends the next block has all written that is missing.
/// <para>
/// Readers look through the blocks that are missing in the same statement as at the rows. How many those can be is bounded: an append that would leave more waits.
/// </para>
/// </remarks>
internal sealed class IndexWriter : IAsyncDisposable
{
    private const int BlocksMax = 8;

    private const string LockMark = "select next from indexed for update";

    private const string SelectMissing = "select number, transaction_hashes from blocks where number >= (select next from indexed) order by number limit $1";

    // Sorted, neighbours in the index come one after the other. An entry that was admitted again after its block stays.
    private const string Write = """
        with located as (
            insert into transactions (prefix, number, index)
            select prefix, number, index from unnest($2, $3, $4) as included (prefix, number, index) order by prefix
        ), taken as (
            delete from pool using unnest($5, $3) as included (hash, number)
            where pool.hash = included.hash and coalesce(pool.admitted_after, -1) < included.number
        )
        update indexed set next = $1
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
        while (await _database.WriteAsync(WriteSomeAsync, CancellationToken.None))
        {
        }
        foreach (var request in group)
        {
            request.Complete(true);
        }
    }

    /// <summary>Whether there may be more.</summary>
    private async Task<bool> WriteSomeAsync(NpgsqlConnection connection)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        var (next, blocks) = await LockAsync(connection);
        Volatile.Write(ref _next, next);
        if (blocks.Count == 0)
        {
            return false;
        }
        var last = blocks[^1].Number;
        _watch?.Writing(last);
        Hash256[] hashes = [.. blocks.SelectMany(block => block.Hashes)];
        await using var command = new NpgsqlCommand(Write, connection)
            .With(checked((long)last + 1))
            .With(Array.ConvertAll(hashes, hash => Prefix(in hash)))
            .With(blocks.SelectMany(block => Enumerable.Repeat((long)block.Number, block.Hashes.Length)).ToArray())
            .With(blocks.SelectMany(block => Enumerable.Range(0, block.Hashes.Length)).ToArray())
            .With(Array.ConvertAll(hashes, hash => hash.ToArray()));
        await command.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
        _watch?.Written(last);
        Volatile.Write(ref _next, last + 1);
        return blocks.Count == BlocksMax;
    }

    private async Task<(ulong Next, List<(ulong Number, Hash256[] Hashes)> Blocks)> LockAsync(NpgsqlConnection connection)
    {
        // Two statements: the second one sees what was committed before the first one had the lock.
        await using var mark = new NpgsqlCommand(LockMark, connection);
        var next = await mark.ExecuteScalarAsync() is long number
            ? (ulong)number
            : throw new StorageException(StorageError.Corrupt, $"{_database.Name}: what the index has isn't told");
        var blocks = new List<(ulong, Hash256[])>();
        await using var select = new NpgsqlCommand(SelectMissing, connection).With(BlocksMax);
        await using var row = await select.ExecuteReaderAsync();
        while (await row.ReadAsync())
        {
            blocks.Add((row.Number(0), row.Hashes(1)));
        }
        return (next, blocks);
    }

    private sealed class Request() : GroupedRequest<bool>(0);
}

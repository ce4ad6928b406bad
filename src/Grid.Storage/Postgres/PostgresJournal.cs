using System.Runtime.InteropServices;
using Grid.Primitives;
using Npgsql;

namespace Grid.Storage.Postgres;

/// <summary>The journal in PostgreSQL. It keeps every block.</summary>
/// <remarks>
/// Safe, with any number of processes and coordinators, because an append is one statement and so one transaction, which begins by updating
/// the one row of "head" where that still has the writer's fencing number and the block's parent. The update locks the row until the
/// commit; whoever comes meanwhile waits, then compares with what was committed (PostgreSQL's documentation, 13.2.1: under Read Committed the condition is evaluated again
/// on the row's newest version). So of all appends at a height one finds its parent, and once a fencing number was handed out, which
/// updates the same row, no append with an earlier one does, whether its writer has noticed or not. A lock that a session holds for as long as it writes would add nothing: its holder may lose
/// it without knowing, and then only the row decides.
/// <para>
/// When the connection is lost during an append, the server may still be at it. Taking a fencing number waits for such an append, or makes it
/// fail; so the head that is read after that is what became of it.
/// </para>
/// <para>
/// What follows from a block is as many rows as it has transactions, and isn't part of the commit: <see cref="IndexWriter"/> writes it behind the answer. Until then who looks for a
/// transaction, or for those that wait, looks through the blocks themselves, in one statement with the rows: nothing is missed when a block leaves the ones for the others.
/// </para>
/// </remarks>
public sealed class PostgresJournal : IJournal, IAsyncDisposable
{
    private const string SelectHead = "select number, hash, state_root, total_difficulty from head where number is not null";

    private const string TakeFencingNumber = "update head set fencing_number = fencing_number + 1 returning fencing_number";

    private const string SelectFencingNumber = "select fencing_number from head";

    // All parts work on what was there before the statement, and happen together.
    private const string Append = """
        with moved as (
            update head set number = $2, hash = $3, state_root = $5, total_difficulty = $6,
                history_start = case $12 when 0 then null when 1 then $2 else coalesce(history_start, greatest($2 - 1, 0)) end
            where fencing_number = $1 and case when number is null then $2 = 0 else number = $2 - 1 and hash = $4 end
            returning number
        ), block as (
            insert into blocks (number, hash, parent_hash, state_root, total_difficulty, transaction_hashes, senders, block, receipts, access_list, receipts_packed)
            select $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, true from moved
        ), accounts as (
            insert into account_history (address, number, before)
            select address, $2, before from moved, unnest($13, $14) as found (address, before)
        ), slots as (
            insert into slot_history (address, key, number, before)
            select address, key, $2, before from moved, unnest($15, $16, $17) as found (address, key, before)
        )
        select (select next from indexed) from moved
        """;

    private const string SelectBlock = """
        select hash, parent_hash, state_root, total_difficulty, block, receipts, access_list, transaction_hashes, senders, receipts_packed
        from blocks where number = $1
        """;

    // In a block without rows the hash is at the first place where those bytes are, unless none of its hashes begins there: then each of them is compared.
    private const string SelectTransaction = """
        select number, index from (
            select number, index from transactions join blocks using (number)
            where prefix = $1 and substring(transaction_hashes from index * 32 + 1 for 32) = $2
            union all
            select number, case when place % 32 = 0 then place / 32 else (
                select min(i) from generate_series(0, octet_length(transaction_hashes) / 32 - 1) as i where substring(transaction_hashes from i * 32 + 1 for 32) = $2
            ) end
            from (select number, transaction_hashes, position($2 in transaction_hashes) - 1 as place from blocks where number >= (select next from indexed) offset 0) as missing
            where place >= 0
        ) as found (number, index)
        where index is not null order by number desc, index desc limit 1
        """;

    private const string SelectChain = "select fingerprint, genesis from chain";

    private const string WriteChain =
        "insert into chain (fingerprint, genesis) values ($1, $2) on conflict (one) do update set fingerprint = excluded.fingerprint, genesis = excluded.genesis";

    // The hashes are made one value in memory first: taking each of them from where large values are kept takes many times as long.
    private const string SelectPool = """
        with included as materialized (
            select number, substring(hashes from i * 32 + 1 for 32) as hash
            from (select number, transaction_hashes || ''::bytea as hashes from blocks where number >= (select next from indexed) offset 0) as missing,
                generate_series(0, octet_length(hashes) / 32 - 1) as i
        )
        select hash, sender, raw, admitted_unix_ms from pool
        where not exists (select from included where included.hash = pool.hash and included.number > coalesce(pool.admitted_after, -1))
        """;

    private readonly PostgresDatabase _database;
    private readonly PoolWriter _pool;
    private readonly IndexWriter _index;

    internal PostgresJournal(PostgresDatabase database, int blocksBehindMax, IIndexWatch? watch) =>
        (_database, _pool, _index) = (database, new PoolWriter(database), new IndexWriter(database, blocksBehindMax, watch));

    public ValueTask<ChainRecord?> ReadChainAsync(CancellationToken cancellation = default) =>
        _database.ReadRowAsync(SelectChain, null, row => new ChainRecord(row.Hash(0), row.Bytes(1)), cancellation);

    public async ValueTask WriteChainAsync(ChainRecord chain, CancellationToken cancellation = default) => await _database.WriteAsync(
        async connection =>
        {
            await using var command = new NpgsqlCommand(WriteChain, connection).With(chain.Fingerprint).With(chain.Genesis);
            return await command.ExecuteNonQueryAsync(CancellationToken.None);
        },
        cancellation);

    public ValueTask<JournalHead?> ReadHeadAsync(CancellationToken cancellation = default) =>
        _database.ReadRowAsync(SelectHead, null, row => new JournalHead(row.Number(0), row.Hash(1), row.Hash(2), row.Word(3)), cancellation);

    // As a read is: taking a number for nothing does no harm, and the next one is greater.
    public async ValueTask<ulong> TakeFencingNumberAsync(CancellationToken cancellation = default)
    {
        var taken = await _database.ReadAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(TakeFencingNumber, connection);
                return await command.ExecuteScalarAsync(CancellationToken.None) is long number
                    ? (ulong)number
                    : throw new StorageException(StorageError.Corrupt, $"{_database.Name}: the journal's head is missing");
            },
            cancellation);
        // What who had the number before has left.
        _index.Begin();
        return taken;
    }

    public async ValueTask<AppendOutcome> AppendAsync(JournalBlock block, ulong fencingNumber, CancellationToken cancellation = default)
    {
        if (block.TransactionHashes.Length != block.Senders.Length)
        {
            throw new ArgumentException($"Block {block.Number} has {block.TransactionHashes.Length} transactions and {block.Senders.Length} senders.", nameof(block));
        }
        if (fencingNumber > long.MaxValue)
        {
            return AppendOutcome.Fenced; // none that was handed out
        }
        var history = _database.History.Prepare(block);
        await _index.WaitForRoomAsync(block.Number, cancellation);
        var (outcome, next) = await _database.WriteAsync(connection => AppendAsync(connection, block, history, (long)fencingNumber), cancellation);
        if (outcome == AppendOutcome.Committed)
        {
            _index.Begin(next);
        }
        return outcome;
    }

    public async ValueTask<JournalBlock?> ReadBlockAsync(ulong number, CancellationToken cancellation = default) => number > long.MaxValue
        ? null
        : await _database.ReadRowAsync(
            SelectBlock,
            command => command.With((long)number),
            row =>
            {
                var (hashes, senders) = (row.Hashes(7), row.Addresses(8));
                var receipts = row.GetBoolean(9) ? ZeroRuns.Decode(row.Bytes(5)) ?? throw Columns.Corrupt(row, 5) : row.Bytes(5);
                return hashes.Length == senders.Length
                    ? new JournalBlock(number, row.Hash(0), row.Hash(1), row.Hash(2), row.Word(3), row.Bytes(4), receipts, row.Bytes(6), hashes, senders)
                    : throw Columns.Corrupt(row, 8);
            },
            cancellation);

    public async ValueTask<Hash256?> ReadHashAsync(ulong number, CancellationToken cancellation = default) => number > long.MaxValue
        ? null
        : await _database.ReadRowAsync<Hash256?>("select hash from blocks where number = $1", command => command.With((long)number), row => row.Hash(0), cancellation);

    public ValueTask<ulong?> FindBlockAsync(Hash256 hash, CancellationToken cancellation = default) =>
        _database.ReadRowAsync<ulong?>("select number from blocks where hash = $1", command => command.With(hash), row => row.Number(0), cancellation);

    public ValueTask<TransactionLocation?> FindTransactionAsync(Hash256 hash, CancellationToken cancellation = default) => _database.ReadRowAsync<TransactionLocation?>(
        SelectTransaction, command => command.With(IndexWriter.Prefix(in hash)).With(hash), row => new TransactionLocation(row.Number(0), row.GetInt32(1)), cancellation);

    public ValueTask UpdatePoolAsync(IReadOnlyList<PoolEntry> admitted, IReadOnlyList<Hash256> removed, CancellationToken cancellation = default) =>
        _pool.UpdateAsync(admitted, removed, cancellation);

    public ValueTask<IReadOnlyList<PoolEntry>> ReadPoolAsync(CancellationToken cancellation = default) => _database.ReadAsync<IReadOnlyList<PoolEntry>>(
        async connection =>
        {
            await using var command = new NpgsqlCommand(SelectPool, connection);
            await using var row = await command.ExecuteReaderAsync(cancellation);
            var entries = new List<PoolEntry>();
            while (await row.ReadAsync(cancellation))
            {
                entries.Add(new PoolEntry(row.Hash(0), row.Address(1), row.Bytes(2), row.GetInt64(3)));
            }
            return entries;
        },
        cancellation);

    /// <summary>Writes what blocks still lack behind their appends. Only a test has to ask.</summary>
    /// <exception cref="StorageException">It couldn't be written.</exception>
    internal Task CompleteIndexAsync(CancellationToken cancellation) => _index.CompleteAsync(cancellation);

    /// <summary>Finishes the admissions that are queued, and what is to be written behind appends.</summary>
    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        await _index.DisposeAsync();
    }

    private static async Task<(AppendOutcome Outcome, ulong? Next)> AppendAsync(NpgsqlConnection connection, JournalBlock block, BlockHistory? history, long fencingNumber)
    {
        await using (var command = new NpgsqlCommand(Append, connection))
        {
            command
                .With(fencingNumber)
                .With(checked((long)block.Number))
                .With(block.Hash)
                .With(block.ParentHash)
                .With(block.StateRoot)
                .With(block.TotalDifficulty)
                .With(MemoryMarshal.AsBytes(block.TransactionHashes.Span).ToArray())
                .With(MemoryMarshal.AsBytes(block.Senders.Span).ToArray())
                .With(block.Block)
                .With(ZeroRuns.Encode(block.Receipts.Span))
                .With(block.AccessList);
            PostgresHistory.AddTo(command, history);
            if (await command.ExecuteScalarAsync(CancellationToken.None) is { } next)
            {
                return (AppendOutcome.Committed, next is long number ? (ulong)number : null);
            }
        }
        // Numbers only ascend: if it is still ours, it was when the append was refused.
        await using var select = new NpgsqlCommand(SelectFencingNumber, connection);
        return await select.ExecuteScalarAsync(CancellationToken.None) is long current && current == fencingNumber
            ? (AppendOutcome.WrongParent, null)
            : (AppendOutcome.Fenced, null);
    }
}

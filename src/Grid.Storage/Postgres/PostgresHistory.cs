using Grid.Primitives;
using Grid.Primitives.Rlp;
using Grid.State;
using Npgsql;

namespace Grid.Storage.Postgres;

/// <summary>The history of values before in PostgreSQL.</summary>
/// <remarks>Safe because it is written by the statement that appends the block, and nothing of it is remembered here.</remarks>
public sealed class PostgresHistory : IHistoryIndex
{
    private const string SelectStart = "select history_start from head where history_start is not null";

    private const string SelectAccount = "select before from account_history where address = $1 and number > $2 order by number limit 1";

    private const string SelectSlot = "select before from slot_history where address = $1 and key = $2 and number > $3 order by number limit 1";

    private readonly PostgresDatabase _database;
    private readonly bool _isKept;

    internal PostgresHistory(PostgresDatabase database, bool isKept) => (_database, _isKept) = (database, isKept);

    public async ValueTask<ulong?> ReadStartAsync(CancellationToken cancellation = default) =>
        _isKept ? await _database.ReadRowAsync<ulong?>(SelectStart, null, row => row.Number(0), cancellation) : null;

    public async ValueTask<AccountBefore?> FindAccountAsync(Address address, ulong number, CancellationToken cancellation = default) => number > long.MaxValue
        ? null
        : await _database.ReadRowAsync<AccountBefore?>(
            SelectAccount,
            command => command.With(address.ToArray()).With((long)number),
            row =>
            {
                var rlp = row.Bytes(0);
                try
                {
                    return new AccountBefore(rlp.Length == 0 ? null : AccountRecord.DecodeRlp(rlp));
                }
                catch (RlpException)
                {
                    throw Columns.Corrupt(row, 0);
                }
            },
            cancellation);

    public async ValueTask<UInt256?> FindSlotAsync(Address address, UInt256 slot, ulong number, CancellationToken cancellation = default) => number > long.MaxValue
        ? null
        : await _database.ReadRowAsync<UInt256?>(
            SelectSlot,
            command => command.With(address.ToArray()).With(KeyHashes.Of(in slot)).With((long)number),
            row => row.Bytes(0) is { Length: <= Hash256.Length } digits ? UInt256.FromBigEndian(digits) : throw Columns.Corrupt(row, 0),
            cancellation);

    /// <summary>What a block adds; null where no history is kept.</summary>
    internal BlockHistory? Prepare(JournalBlock block) => _isKept ? BlockHistory.Of(block) : null;

    /// <summary>Appends what a block adds to the parameters of the statement that appends the block. One without anything ends the history that there was.</summary>
    internal static void AddTo(NpgsqlCommand command, BlockHistory? block)
    {
        var (accounts, slots) = (block?.Accounts ?? [], block?.Slots ?? []);
        command
            .With(block is null ? 0 : block.IsComplete ? 2 : 1)
            .With([.. accounts.Select(entry => entry.Address.ToArray())])
            .With([.. accounts.Select(entry => entry.Before?.ToRlp() ?? [])])
            .With([.. slots.Select(entry => entry.Address.ToArray())])
            .With([.. slots.Select(entry => entry.Key.ToArray())])
            .With([.. slots.Select(entry => Digits(entry.Before))]);
    }

    private static byte[] Digits(UInt256 value)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Length];
        return bytes[..value.WriteMinimalBigEndian(bytes)].ToArray();
    }
}

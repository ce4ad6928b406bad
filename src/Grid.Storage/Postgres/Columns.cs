using System.Runtime.InteropServices;
using Grid.Primitives;
using Npgsql;

namespace Grid.Storage.Postgres;

/// <summary>Reads columns as the protocol's values. Lengths that don't fit are corruption: nobody but us writes there.</summary>
internal static class Columns
{
    public static byte[] Bytes(this NpgsqlDataReader row, int column) => row.GetFieldValue<byte[]>(column);

    public static ulong Number(this NpgsqlDataReader row, int column) => (ulong)row.GetInt64(column);

    public static Hash256 Hash(this NpgsqlDataReader row, int column) => Hashes(row, column) is [var hash] ? hash : throw Corrupt(row, column);

    public static UInt256 Word(this NpgsqlDataReader row, int column) => Hash(row, column).ToWord();

    public static Address Address(this NpgsqlDataReader row, int column) => Addresses(row, column) is [var address] ? address : throw Corrupt(row, column);

    /// <summary>Hashes one after the other.</summary>
    public static Hash256[] Hashes(this NpgsqlDataReader row, int column)
    {
        var bytes = row.Bytes(column);
        return bytes.Length % Hash256.Length == 0 ? MemoryMarshal.Cast<byte, Hash256>(bytes).ToArray() : throw Corrupt(row, column);
    }

    /// <summary>Addresses one after the other.</summary>
    public static Address[] Addresses(this NpgsqlDataReader row, int column)
    {
        var bytes = row.Bytes(column);
        return bytes.Length % Primitives.Address.Length == 0 ? MemoryMarshal.Cast<byte, Address>(bytes).ToArray() : throw Corrupt(row, column);
    }

    public static StorageException Corrupt(NpgsqlDataReader row, int column) =>
        new(StorageError.Corrupt, $"column '{row.GetName(column)}' doesn't hold what was written");
}

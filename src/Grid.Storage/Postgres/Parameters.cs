using Grid.Primitives;
using Npgsql;
using NpgsqlTypes;

namespace Grid.Storage.Postgres;

/// <summary>Appends values to a command, in the order of its $1, $2, ….</summary>
internal static class Parameters
{
    public static NpgsqlCommand With(this NpgsqlCommand command, string value) => command.Add(new NpgsqlParameter<string> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Text });

    public static NpgsqlCommand With(this NpgsqlCommand command, int value) => command.Add(new NpgsqlParameter<int> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Integer });

    public static NpgsqlCommand With(this NpgsqlCommand command, long value) => command.Add(new NpgsqlParameter<long> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Bigint });

    public static NpgsqlCommand With(this NpgsqlCommand command, in Hash256 value) => command.With(value.ToArray());

    public static NpgsqlCommand With(this NpgsqlCommand command, in UInt256 value) => command.With(value.ToBigEndian());

    public static NpgsqlCommand With(this NpgsqlCommand command, ReadOnlyMemory<byte> value) =>
        command.Add(new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Bytea });

    public static NpgsqlCommand With(this NpgsqlCommand command, byte[][] values) =>
        command.Add(new NpgsqlParameter<byte[][]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });

    public static NpgsqlCommand With(this NpgsqlCommand command, int[] values) =>
        command.Add(new NpgsqlParameter<int[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });

    public static NpgsqlCommand With(this NpgsqlCommand command, long[] values) =>
        command.Add(new NpgsqlParameter<long[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });

    private static NpgsqlCommand Add(this NpgsqlCommand command, NpgsqlParameter parameter)
    {
        command.Parameters.Add(parameter);
        return command;
    }
}

using System.Net.Sockets;
using Npgsql;

namespace Grid.Storage.Postgres;

/// <summary>Says what a failure of the database or of the way to it means to who asked.</summary>
internal static class Failures
{
    /// <summary>What using a connection may throw.</summary>
    public static bool IsExpected(Exception error) => error is NpgsqlException or IOException or SocketException or TimeoutException or ObjectDisposedException;

    /// <summary>The text is the server's or the socket's own; neither has the connection string.</summary>
    public static StorageException Of(Exception error, string database) => error is ObjectDisposedException
        ? new StorageException(StorageError.Unavailable, $"{database} is closed", error)
        : new StorageException(KindOf(error), $"{database}: {Describe(error)}", error);

    /// <summary>PostgreSQL's documentation, appendix A, has the codes; their first two characters are the class.</summary>
    public static StorageError KindOf(Exception error) => error is not PostgresException { SqlState: var code } ? StorageError.Unavailable : code[..2] switch
    {
        // A page or an index is damaged; or rows contradict what only we have written there.
        "XX" or "23" or "22" => StorageError.Corrupt,
        // The role may not: whoever runs the server can change that.
        "42" when code == PostgresErrorCodes.InsufficientPrivilege => StorageError.Unavailable,
        // Tables or columns aren't those that we made.
        "42" or "0A" => StorageError.Incompatible,
        _ => StorageError.Unavailable,
    };

    /// <summary>Whether the transaction was undone whole so that another one could go on: doing it again is right.</summary>
    public static bool IsUndone(Exception error) =>
        error is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    /// <summary>Whether the connection had been made, and was lost: it, and those that idle beside it, are of no use.</summary>
    public static bool IsLost(Exception error) => error switch
    {
        PostgresException { SqlState: var code } => code is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or "57P05" or "25P03",
        NpgsqlException => error.InnerException is IOException,
        _ => error is IOException,
    };

    private static string Describe(Exception error) => error switch
    {
        PostgresException { MessageText: var text, SqlState: var code } => $"{text} ({code})",
        { InnerException: TimeoutException } => "it doesn't answer in time, or all connections are in use",
        { InnerException: { } inner } => $"{error.Message.TrimEnd('.')}: {inner.Message}",
        _ => error.Message,
    };
}

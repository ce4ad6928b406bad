using Grid.Grains.Coordinator;
using Grid.Grains.Lanes;
using Grid.Grains.Reader;
using Grid.Storage;
using Orleans.Runtime;

namespace Grid.Gateway.Http;

/// <summary>What an exception from the grid means to a caller.</summary>
internal static class GridFailure
{
    /// <summary>How long a caller should wait before asking again, in seconds.</summary>
    public const int RetryAfterSeconds = 1;

    private const int ReasonMax = 300;

    public const string StorageUnavailable =
        "the node's storage can't be written or read now; it goes on by itself when the cause is gone, and retry is safe: what was acknowledged is kept";

    public const string RetryIsSafe = "the node can't answer now; retry is safe: a transaction that was taken is known by its hash";

    /// <summary>
    /// Whether a silo was lost, restarts or is too slow, the head moved on faster than was read, a block was given up, or the storage can't be used now. What was asked may be asked again: reading changes nothing, and a
    /// transaction that has entered already is known by its hash.
    /// </summary>
    public static bool IsTemporary(Exception exception) =>
        IsStorageUnavailable(exception)
        || exception is OrleansException or TimeoutException or ObjectDisposedException or StateMovedException or BlockAbortedException or CoordinatorFencedException;

    /// <summary>What a caller is told about it.</summary>
    public static string TemporaryText(Exception exception) => IsStorageUnavailable(exception) ? StorageUnavailable : RetryIsSafe;

    /// <summary>For the log: without what Orleans adds to it, which is a stack trace at times.</summary>
    public static string ReasonOf(Exception exception)
    {
        var text = exception.Message;
        var end = text.IndexOf(" ---> ", StringComparison.Ordinal) is >= 0 and var cause ? cause : text.IndexOf("   at ", StringComparison.Ordinal);
        text = end < 0 ? text : text[..end];
        return text.Length > ReasonMax ? text[..ReasonMax] : text;
    }

    private static bool IsStorageUnavailable(Exception exception) => exception is StorageException { Error: StorageError.Unavailable };

    public static bool IsMissingState(Exception exception, out string why)
    {
        why = exception switch
        {
            BlockNotFoundException => "header not found",
            StateUnavailableException state => $"historical state after block {state.Number} is not available: the oldest kept is that after block {state.Oldest}",
            ProofUnavailableException proof => $"proofs after block {proof.Number} are not available: the oldest are those after block {proof.Oldest}",
            ProofTooFarException proof => $"proofs after block {proof.Number} are not available: more than {proof.Allowed} accounts and slots have changed since; ask for a later block",
            _ => string.Empty,
        };
        return why.Length > 0;
    }
}

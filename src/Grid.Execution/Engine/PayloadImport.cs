using Grid.Chain;
using Grid.Chain.Engine;
using Grid.Execution.Import;
using Grid.Primitives;

namespace Grid.Execution.Engine;

/// <summary>What the Engine API answers about a payload.</summary>
public enum PayloadStatusCode : byte
{
    Valid,
    Invalid,

    /// <summary>Its parent isn't known.</summary>
    Syncing,
}

/// <summary>The answer to engine_newPayload.</summary>
/// <param name="LatestValidHash">The last valid block of the payload's chain; null where that isn't known.</param>
/// <param name="Error">Why it is invalid.</param>
public readonly record struct PayloadStatus(PayloadStatusCode Code, Hash256? LatestValidHash, BlockError Error);

/// <summary>engine_newPayload over a tree of blocks; <see cref="IBlockTree.Choose"/> is what engine_forkchoiceUpdated does.</summary>
public static class PayloadImport
{
    /// <summary>Checks and imports a payload. With an error of the API nothing else is said, and nothing has changed.</summary>
    public static EngineError NewPayload(this IBlockTree chain, NewPayload call, out PayloadStatus status)
    {
        status = default;
        var engineError = NewPayloadRules.Check(call, chain.Spec);
        if (engineError != EngineError.None)
        {
            return engineError;
        }
        if (!NewPayloadRules.TryGetBlock(call, out var block, out var error))
        {
            status = new PayloadStatus(PayloadStatusCode.Invalid, null, error);
            return EngineError.None;
        }
        error = chain.Import(block, block.Encode().Length);
        status = error.Code switch
        {
            BlockErrorCode.None => new PayloadStatus(PayloadStatusCode.Valid, block.Hash, default),
            BlockErrorCode.UnknownParent => new PayloadStatus(PayloadStatusCode.Syncing, null, default),
            _ => new PayloadStatus(PayloadStatusCode.Invalid, block.Header.ParentHash, error),
        };
        return EngineError.None;
    }
}

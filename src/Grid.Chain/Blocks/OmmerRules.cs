using Grid.Evm;
using Grid.Primitives;

namespace Grid.Chain;

/// <summary>Which headers of stale blocks a block of proof of work may name (Yellow Paper, section 11.1).</summary>
public static class OmmerRules
{
    public const int OmmersMax = 2;

    /// <summary>An ommer is at most so many blocks below the block that names it.</summary>
    public const int AgeMax = 6;

    /// <summary>So many ancestors tell whether an ommer may be named: the parent of the oldest one is among them.</summary>
    public const int AncestorsNeeded = AgeMax + 1;

    /// <param name="ancestors">From the parent backwards: <see cref="AncestorsNeeded"/> of them, or all there are.</param>
    public static BlockError Check(Block block, ReadOnlySpan<Block> ancestors, ChainSpec spec)
    {
        if (block.Ommers.Length > OmmersMax)
        {
            return new BlockError(BlockErrorCode.TooManyOmmers, block.Ommers.Length, OmmersMax);
        }
        for (var i = 0; i < block.Ommers.Length; i++)
        {
            var error = Check(block, i, ancestors, spec);
            if (!error.IsNone)
            {
                return error;
            }
        }
        return default;
    }

    private static BlockError Check(Block block, int index, ReadOnlySpan<Block> ancestors, ChainSpec spec)
    {
        var ommer = block.Ommers[index];
        var hash = ommer.Hash;
        if ((index > 0 && block.Ommers[0].Hash == hash) || IsNamedBy(ancestors, in hash))
        {
            return new BlockError(BlockErrorCode.OmmerRepeated, Index: index);
        }
        if (Find(ancestors, in hash) is not null)
        {
            return new BlockError(BlockErrorCode.OmmerIsAncestor, Index: index);
        }
        if (ommer.ParentHash == block.Header.ParentHash)
        {
            return new BlockError(BlockErrorCode.OmmerIsSibling, Index: index);
        }
        if (Find(ancestors, ommer.ParentHash) is not { } parent)
        {
            var oldest = block.Header.Number > AgeMax ? block.Header.Number - AgeMax : 1;
            return ommer.Number < oldest
                ? new BlockError(BlockErrorCode.OmmerTooOld, ommer.Number, oldest, index)
                : new BlockError(BlockErrorCode.OmmerParentUnknown, Index: index);
        }
        var fork = spec.ForkAt(ommer.Number, ommer.Timestamp, isAfterMerge: false);
        var error = HeaderRules.Check(ommer, parent.Header, spec, fork);
        return error.IsNone ? default : new BlockError(BlockErrorCode.InvalidOmmer, error.Have, error.Want, index) { Ommer = error.Code };
    }

    private static Block? Find(ReadOnlySpan<Block> ancestors, in Hash256 hash)
    {
        foreach (var ancestor in ancestors)
        {
            if (ancestor.Hash == hash)
            {
                return ancestor;
            }
        }
        return null;
    }

    private static bool IsNamedBy(ReadOnlySpan<Block> ancestors, in Hash256 hash)
    {
        foreach (var ancestor in ancestors)
        {
            foreach (var ommer in ancestor.Ommers)
            {
                if (ommer.Hash == hash)
                {
                    return true;
                }
            }
        }
        return false;
    }
}

using Grid.Evm;
using Grid.Primitives;

namespace Grid.Chain;

/// <summary>When a header may follow its parent (Yellow Paper, section 4.4.4, and the EIPs named below).</summary>
public static class HeaderRules
{
    public const int MaxExtraDataLength = 32;

    /// <summary>Gas units.</summary>
    public const ulong MinGasLimit = 5_000;

    public const ulong GasLimitBoundDivisor = 1_024;

    /// <summary>EIP-7934: bytes of a block's RLP from Osaka on (10 MiB less a margin of 2 MiB).</summary>
    public const int MaxBlockLength = 10_485_760 - 2_097_152;

    /// <summary>The rules of all blocks, and those after the merge where the fork is at least Paris.</summary>
    /// <param name="fork">The block's own fork.</param>
    public static BlockError Check(BlockHeader header, BlockHeader parent, ChainSpec spec, Fork fork)
    {
        if (header.ParentHash != parent.Hash)
        {
            return BlockError.Mismatch(BlockErrorCode.UnknownParent, header.ParentHash, parent.Hash);
        }
        if (header.Number != parent.Number + 1)
        {
            return new BlockError(BlockErrorCode.NumberMismatch, header.Number, parent.Number + 1);
        }
        if (header.Timestamp <= parent.Timestamp)
        {
            return new BlockError(BlockErrorCode.TimestampNotAfterParent, header.Timestamp, parent.Timestamp + 1);
        }
        if (header.ExtraData.Length > MaxExtraDataLength)
        {
            return new BlockError(BlockErrorCode.ExtraDataTooLong, header.ExtraData.Length, MaxExtraDataLength);
        }
        if (DaoFork.MarksBlock(spec, header.Number) && !DaoFork.ExtraData.SequenceEqual(header.ExtraData))
        {
            return new BlockError(BlockErrorCode.DaoExtraDataMismatch);
        }
        var error = CheckGas(header, parent, fork);
        if (error.IsNone)
        {
            error = fork >= Fork.Paris ? CheckAfterMerge(header) : CheckDifficulty(header, parent, fork);
        }
        if (error.IsNone)
        {
            error = CheckAppendedFields(header, fork);
        }
        return error.IsNone && fork >= Fork.Cancun ? CheckExcessBlobGas(header, parent, spec, fork) : error;
    }

    /// <summary>The gas limit's way from its parent is bounded (Yellow Paper, equation 47; London doubles it once).</summary>
    private static BlockError CheckGas(BlockHeader header, BlockHeader parent, Fork fork)
    {
        var parentLimit = fork >= Fork.London && parent.BaseFeePerGas is null ? parent.GasLimit * BaseFeeRules.ElasticityMultiplier : parent.GasLimit;
        var bound = parentLimit / GasLimitBoundDivisor;
        var difference = header.GasLimit > parentLimit ? header.GasLimit - parentLimit : parentLimit - header.GasLimit;
        if (difference >= bound || header.GasLimit < MinGasLimit || header.GasLimit > long.MaxValue)
        {
            return new BlockError(BlockErrorCode.GasLimitOutOfBounds, header.GasLimit, parentLimit);
        }
        if (header.GasUsed > header.GasLimit)
        {
            return new BlockError(BlockErrorCode.GasUsedAboveLimit, header.GasUsed, header.GasLimit);
        }
        var baseFee = BaseFeeRules.Next(parent, fork);
        return baseFee is { } want && header.BaseFeePerGas is { } have && have != want
            ? new BlockError(BlockErrorCode.BaseFeeMismatch, have, want)
            : default;
    }

    /// <summary>Proof of work: the seal itself isn't verified, its difficulty is.</summary>
    private static BlockError CheckDifficulty(BlockHeader header, BlockHeader parent, Fork fork)
    {
        var difficulty = DifficultyRules.Next(fork, parent, header.Timestamp);
        return header.Difficulty != difficulty ? new BlockError(BlockErrorCode.DifficultyMismatch, header.Difficulty, difficulty) : default;
    }

    /// <summary>EIP-3675.</summary>
    private static BlockError CheckAfterMerge(BlockHeader header)
    {
        if (!header.Difficulty.IsZero)
        {
            return new BlockError(BlockErrorCode.DifficultyMismatch, header.Difficulty);
        }
        if (header.Nonce != 0)
        {
            return new BlockError(BlockErrorCode.NonceNotZero, header.Nonce);
        }
        return header.OmmersHash != BlockHeader.EmptyOmmersHash
            ? BlockError.Mismatch(BlockErrorCode.OmmersNotEmpty, header.OmmersHash, BlockHeader.EmptyOmmersHash)
            : default;
    }

    private static BlockError CheckAppendedFields(BlockHeader header, Fork fork)
    {
        ReadOnlySpan<(bool Has, Fork Since)> fields =
        [
            (header.BaseFeePerGas is not null, Fork.London),
            (header.WithdrawalsRoot is not null, Fork.Shanghai),
            (header.BlobGasUsed is not null, Fork.Cancun),
            (header.ExcessBlobGas is not null, Fork.Cancun),
            (header.ParentBeaconBlockRoot is not null, Fork.Cancun),
            (header.RequestsHash is not null, Fork.Prague),
            (header.BlockAccessListHash is not null, Fork.Amsterdam),
        ];
        for (var i = 0; i < fields.Length; i++)
        {
            if (fields[i].Has != (fork >= fields[i].Since))
            {
                return new BlockError(BlockErrorCode.HeaderFieldMismatch, Index: i);
            }
        }
        return default;
    }

    /// <summary>EIP-4844.</summary>
    private static BlockError CheckExcessBlobGas(BlockHeader header, BlockHeader parent, ChainSpec spec, Fork fork)
    {
        var parameters = spec.BlobParametersAt(fork)!;
        var excess = BlobGasRules.ExcessBlobGas(parent, fork, parameters);
        return header.ExcessBlobGas != excess ? new BlockError(BlockErrorCode.ExcessBlobGasMismatch, header.ExcessBlobGas!.Value, excess) : default;
    }
}

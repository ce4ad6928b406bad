using System.Text.Json;
using Grid.Chain;
using Grid.Execution;
using Grid.Execution.Import;
using Grid.Primitives;

namespace Grid.Node.Fixtures;

/// <summary>
/// One blockchain test: imports its blocks in their order into a chain, compares the reason of each that is refused, and at the
/// end the head and the state.
/// </summary>
public sealed class BlockchainTest(JsonElement entry)
{
    private readonly string _network = entry.Field("network").Text();

    public CaseOutcome Run(IChainEngine engine) => engine.Run(FixtureChain.Load(entry), Run);

    private CaseOutcome Run(IBlockTree chain)
    {
        var index = 0;
        foreach (var block in entry.Field("blocks").Items())
        {
            if (Import(chain, block) is { } outcome)
            {
                return outcome with { Reason = $"block {index} of the list: {outcome.Reason}" };
            }
            index++;
        }
        return CheckEnd(chain, entry);
    }

    /// <summary>The head and the state that a fixture ends with.</summary>
    public static CaseOutcome CheckEnd(IBlockTree chain, JsonElement entry)
    {
        var head = chain.Head.Block.Hash;
        var want = entry.Field("lastblockhash").Hash();
        if (head != want)
        {
            return CaseOutcome.Failed("the chain ends with another block", new Difference("head", "hash", $"{head} (number {chain.Head.Block.Header.Number})", want.ToString()));
        }
        if (entry.OptionalField("postState") is { } postState)
        {
            var differences = FixtureState.Compare(chain.Head.State, postState);
            return differences.Count == 0 ? CaseOutcome.Passed : CaseOutcome.Failed("the state differs", differences);
        }
        var root = entry.Field("postStateHash").Hash();
        return chain.Head.State.Root == root
            ? CaseOutcome.Passed
            : CaseOutcome.Failed("the state differs", new Difference("state", "root", chain.Head.State.Root.ToString(), root.ToString()));
    }

    /// <summary>Null where all is as it should be.</summary>
    private CaseOutcome? Import(IBlockTree chain, JsonElement json)
    {
        var before = chain.Head;
        var bytes = json.Field("rlp").Bytes();
        if (Block.TryDecode(bytes, out var block, out var error))
        {
            error = chain.Import(block, bytes.Length);
        }
        var isValid = json.OptionalField("blockHeader") is not null;
        if (error.IsNone)
        {
            return isValid
                ? CheckBlock(chain, block!, json)
                : CaseOutcome.Failed($"the block is accepted, and should be refused: {Expected(json) ?? "for any reason"}");
        }
        if (isValid)
        {
            return CaseOutcome.Failed($"the block is refused: {BlockErrorText.Of(error)}");
        }
        if (!ReferenceEquals(chain.Head, before) || (block is not null && chain.TryGet(block.Hash, out _)))
        {
            return CaseOutcome.Failed("the block is refused, and has changed the chain");
        }
        // Without a name any reason will do: only one of the oldest suites is without.
        return Expected(json) is not { } expected || ExpectedErrors.Matches(expected, error)
            ? null
            : CaseOutcome.Failed("the block is refused for another reason", new Difference("block", "error", BlockErrorText.Of(error), expected));
    }

    /// <summary>The reason by which an invalid block has to be refused: one for all networks, or one for each.</summary>
    private string? Expected(JsonElement json) =>
        (json.OptionalField($"expectException{_network}") ?? json.OptionalField("expectExceptionALL") ?? json.OptionalField("expectException"))?.Text();

    private static CaseOutcome? CheckBlock(IBlockTree chain, Block block, JsonElement json)
    {
        var hash = json.Field("blockHeader").Field("hash").Hash();
        if (block.Hash != hash)
        {
            return CaseOutcome.Failed("the block has another hash", new Difference("block", "hash", block.Hash.ToString(), hash.ToString()));
        }
        if (!chain.TryGet(in hash, out var imported))
        {
            return CaseOutcome.Failed("the block is accepted, and not in the chain");
        }
        if (json.OptionalField("receipts") is { } receipts && CheckReceipts(imported.Outcome!.Receipts, receipts) is { } outcome)
        {
            return outcome;
        }
        return chain.TryGet(block.Header.ParentHash, out var parent) && !AccessListProof.IsExact(imported, parent.State)
            ? CaseOutcome.Failed("executing the block on its own access list doesn't lead to the same list and receipts")
            : null;
    }

    private static CaseOutcome? CheckReceipts(Receipt[] receipts, JsonElement json)
    {
        var differences = new List<Difference>();
        var index = 0;
        foreach (var want in json.Items())
        {
            var bytes = want.Field("rlp").Bytes();
            var have = index < receipts.Length ? receipts[index].Encode() : [];
            if (!bytes.AsSpan().SequenceEqual(have))
            {
                differences.Add(new Difference($"receipt {index}", "rlp", Hex.Encode(have), Hex.Encode(bytes)));
            }
            index++;
        }
        return differences.Count == 0 ? null : CaseOutcome.Failed("the receipts differ", differences);
    }
}

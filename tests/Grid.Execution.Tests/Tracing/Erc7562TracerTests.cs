using Grid.Execution.Tracing;
using Grid.Primitives;
using static Grid.Execution.Tests.TestChain;
using static Grid.Execution.Tests.Tracing.TracedTransaction;

namespace Grid.Execution.Tests.Tracing;

public sealed class Erc7562TracerTests
{
    private static Erc7562Tracer Trace(TracedTransaction scene, TraceLimits? limits = null)
    {
        var tracer = new Erc7562Tracer(scene.World, withLogs: false, limits ?? TraceLimits.Generous);
        var result = scene.Run(tracer);
        tracer.Complete(scene.Transaction.GasLimit, result.GasUsed);
        return tracer;
    }

    [Fact]
    public void Slots_are_told_by_frame_with_what_a_first_read_found()
    {
        // SLOAD 1 twice, SSTORE 2 = 7 twice, SLOAD 2, TSTORE 3 = 1, TLOAD 3.
        var scene = new TracedTransaction([Contract(Target, "0x6001545060015450" + "60076002556007600255" + "60025450" + "600160035d60035c50", (1, 41))], Target);
        var tracer = Trace(scene);
        var facts = tracer.FactsOf(tracer.Root!);
        Assert.Equal([((UInt256)1, (UInt256)41)], facts.Reads.Select(read => (read.Key, read.Value)));
        Assert.Equal([((UInt256)2, 2)], facts.Writes.Select(write => (write.Key, write.Value)));
        Assert.Equal((1, 1), (facts.TransientReads[3], facts.TransientWrites[3]));
        Assert.Equal((3, 2), (facts.Opcodes[0x54], facts.Opcodes[0x55]));
        Assert.DoesNotContain((byte)0x60, facts.Opcodes.Keys);
    }

    [Fact]
    public void Code_that_is_looked_at_is_told_and_GAS_only_where_it_is_not_for_a_call()
    {
        // EXTCODESIZE of Other and ISZERO: allowed. EXTCODEHASH of Other: told. GAS for the CALL, and GAS for nothing.
        var scene = new TracedTransaction([Contract(Target, "0x6107e43b15506107e43f50" + Calling(Third) + "5a50"), Contract(Other, "0x0000")], Target);
        var tracer = Trace(scene);
        var facts = tracer.FactsOf(tracer.Root!);
        Assert.Equal([Other], facts.CodeAccesses);
        Assert.Equal((2, (byte)0x3b), facts.ContractSizes[Other]);
        Assert.Equal((0, (byte)0xf1), facts.ContractSizes[Third]);
        Assert.Equal(1, facts.Opcodes[0x5a]);
    }

    [Fact]
    public void What_is_hashed_is_told_once_and_in_order()
    {
        // MSTORE8(0, 0xab), KECCAK256(0, 1) twice, KECCAK256(64, 2), which is beyond memory.
        var scene = new TracedTransaction([Contract(Target, "0x60ab5f53" + "60015f2050" + "60015f2050" + "600260402050")], Target);
        Assert.Equal([[0, 0], [0xab]], Trace(scene).Hashed);
    }

    [Fact]
    public void Limits_are_kept()
    {
        var scene = new TracedTransaction([Contract(Target, "0x6001545060025450")], Target);
        Assert.True(Trace(scene, new TraceLimits(1_024, 2, 1_000)).IsTruncated);
        // Hashes 4,096 bytes.
        scene = new TracedTransaction([Contract(Target, "0x6110005f2050")], Target);
        var tracer = Trace(scene, new TraceLimits(1_024, 1_000, 1_000));
        Assert.True(tracer.IsTruncated);
        Assert.Empty(tracer.Hashed);
    }
}

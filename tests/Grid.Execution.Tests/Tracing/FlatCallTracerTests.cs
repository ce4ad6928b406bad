using Grid.Evm;
using Grid.Execution.Tracing;
using Grid.Primitives;
using static Grid.Execution.Tests.TestChain;
using static Grid.Execution.Tests.Tracing.TracedTransaction;

namespace Grid.Execution.Tests.Tracing;

public sealed class FlatCallTracerTests
{
    private static readonly Address Identity = Address.FromNumber(4);

    [Theory]
    [InlineData(false, new[] { "", "0", "0.0", "1" }, new[] { 2, 1, 0, 0 })]
    [InlineData(true, new[] { "", "0", "1", "1.0", "2" }, new[] { 3, 0, 1, 0, 0 })]
    public void Frames_are_listed_depth_first_without_calls_of_precompiles(bool includePrecompiles, string[] addresses, int[] subtraces)
    {
        // Target calls a precompile, then Other, which calls Third, then the precompile by CALLCODE, which counts.
        var target = "0x" + Calling(Identity) + Calling(Other) + Calling(Identity, 0xf2);
        var scene = new TracedTransaction([Contract(Target, target), Contract(Other, "0x" + Calling(Third)), Contract(Third, "0x00")], Target);
        var tracer = new FlatCallTracer(Fork.Osaka, includePrecompiles, TraceLimits.Generous);
        var result = scene.Run(tracer);
        tracer.Complete(scene.Transaction.GasLimit, result.GasUsed);
        var frames = tracer.Frames();
        Assert.Equal(addresses, frames.Select(frame => string.Join('.', frame.TraceAddress)));
        Assert.Equal(subtraces, frames.Select(frame => frame.SubtraceCount));
        Assert.Equal((long)result.GasUsed, frames[0].Frame.GasUsed);
    }
}

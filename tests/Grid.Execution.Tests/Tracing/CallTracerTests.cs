using Grid.Evm;
using Grid.Execution.Tracing;
using Grid.Primitives;
using static Grid.Execution.Tests.TestChain;
using static Grid.Execution.Tests.Tracing.TracedTransaction;

namespace Grid.Execution.Tests.Tracing;

public sealed class CallTracerTests
{
    [Fact]
    public void Frames_form_a_tree_with_the_transactions_gas_at_its_root()
    {
        // Target calls Other, which calls Third by DELEGATECALL, which returns 32 bytes.
        var scene = new TracedTransaction(
            [Contract(Target, "0x" + Calling(Other)), Contract(Other, "0x" + Calling(Third, 0xf4)), Contract(Third, "0x60205ff3")], Target, data: [1, 2, 3]);
        var tracer = new CallTracer(new CallTracerOptions(), TraceLimits.Generous);
        var result = scene.Run(tracer);
        tracer.Complete(scene.Transaction.GasLimit, result.GasUsed);

        var root = tracer.Root!;
        Assert.Equal((CallType.Call, Account(0), (Address?)Target, 200_000L, (long)result.GasUsed), (root.Type, root.From, root.To, root.Gas, root.GasUsed));
        Assert.Equal(new byte[] { 1, 2, 3 }, root.Input);
        var middle = Assert.Single(root.Calls);
        Assert.Equal((CallType.Call, Target, (Address?)Other), (middle.Type, middle.From, middle.To));
        var inner = Assert.Single(middle.Calls);
        // What delegates is told as who calls.
        Assert.Equal((CallType.DelegateCall, Other, (Address?)Third, 32), (inner.Type, inner.From, inner.To, inner.Output.Length));
        Assert.True(inner.GasUsed > 0 && inner.GasUsed < middle.GasUsed && middle.GasUsed < middle.Gas);
        Assert.Null(root.Fault);
        Assert.False(tracer.IsTruncated);
    }

    [Fact]
    public void Only_the_top_call_is_kept_where_no_more_is_asked_for()
    {
        var scene = new TracedTransaction([Contract(Target, "0x" + Calling(Other)), Contract(Other, "0x00")], Target);
        var tracer = new CallTracer(new CallTracerOptions(OnlyTopCall: true), TraceLimits.Generous);
        scene.Run(tracer);
        Assert.Empty(tracer.Root!.Calls);
    }

    [Theory]
    [InlineData("0x01", Halt.StackUnderflow, 0x01, 0)]
    [InlineData("0x5f5f5001", Halt.StackUnderflow, 0x01, 1)]
    [InlineData("0x5f56", Halt.InvalidJump, 0x56, 1)]
    [InlineData("0xfe", Halt.InvalidOpcode, 0xfe, 0)]
    [InlineData("0x0c", Halt.UndefinedOpcode, 0x0c, 0)]
    [InlineData("0x5f5ffd", Halt.Revert, 0xfd, 2)]
    public void A_failure_names_opcode_and_stack(string code, Halt halt, byte opcode, int height)
    {
        var scene = new TracedTransaction([Contract(Target, code)], Target);
        var tracer = new CallTracer(new CallTracerOptions(), TraceLimits.Generous);
        scene.Run(tracer);
        var fault = tracer.Root!.Fault!.Value;
        Assert.Equal((halt, opcode, height), (fault.Halt, fault.Opcode, fault.StackHeight));
    }

    [Fact]
    public void A_creation_that_fails_has_no_address_and_one_that_works_has_code()
    {
        var fails = new TracedTransaction([], to: null, data: [0xfe]);
        var tracer = new CallTracer(new CallTracerOptions(), TraceLimits.Generous);
        fails.Run(tracer);
        Assert.Equal((CallType.Create, (Address?)null), (tracer.Root!.Type, tracer.Root.To));

        // Returns one zero byte.
        var works = new TracedTransaction([], to: null, data: [0x60, 1, 0x5f, 0xf3]);
        tracer = new CallTracer(new CallTracerOptions(), TraceLimits.Generous);
        works.Run(tracer);
        Assert.Equal(ContractAddress.FromNonce(Account(0), 0), tracer.Root!.To);
        Assert.Equal(new byte[1], tracer.Root.Output);
    }

    [Fact]
    public void Calls_that_do_not_begin_and_destructions_are_frames_too()
    {
        // CALL of Other with 1 wei that Target hasn't got, then SELFDESTRUCT for Third.
        var scene = new TracedTransaction([Contract(Target, $"0x5f5f5f5f600173{Hex40(Other)}5af15073{Hex40(Third)}ff")], Target);
        var tracer = new CallTracer(new CallTracerOptions(), TraceLimits.Generous);
        scene.Run(tracer);
        Assert.Equal(2, tracer.Root!.Calls.Count);
        var refused = tracer.Root.Calls[0];
        Assert.Equal((CallRefusal.Balance, (UInt256)1, 0L), (refused.Fault!.Value.Refusal, refused.Value, refused.GasUsed));
        var destruction = tracer.Root.Calls[1];
        Assert.Equal((CallType.SelfDestruct, Target, (Address?)Third), (destruction.Type, destruction.From, destruction.To));
    }

    [Fact]
    public void Logs_have_their_place_among_calls_and_go_with_a_frame_that_fails()
    {
        // Target logs, calls Other, which logs and reverts, calls Third, which logs, and logs again.
        var scene = new TracedTransaction(
            [Contract(Target, $"0x5f5fa0{Calling(Other)}{Calling(Third)}5f5fa0"), Contract(Other, "0x5f5fa05f5ffd"), Contract(Third, "0x5f5fa0")], Target);
        var tracer = new CallTracer(new CallTracerOptions(WithLogs: true), TraceLimits.Generous);
        var result = scene.Run(tracer);
        tracer.Complete(scene.Transaction.GasLimit, result.GasUsed);
        Assert.Equal([(0, 0), (2, 2)], tracer.Root!.Logs.Select(log => (log.Position, log.Index)));
        Assert.Empty(tracer.Root.Calls[0].Logs);
        Assert.Equal([(0, 1)], tracer.Root.Calls[1].Logs.Select(log => (log.Position, log.Index)));
        Assert.Equal(3, result.Receipt!.Logs.Length);
    }

    [Theory]
    [InlineData(0, 100, 100_000, 1)]
    [InlineData(100, 2, 100_000, 2)]
    [InlineData(100, 100, 2, 0)]
    public void Limits_stop_the_trace_and_not_the_transaction(int depthMax, int itemsMax, int bytesMax, int frames)
    {
        var scene = new TracedTransaction(
            [Contract(Target, "0x" + Calling(Other)), Contract(Other, "0x" + Calling(Third)), Contract(Third, "0x00")], Target, data: [1, 2, 3]);
        var tracer = new CallTracer(new CallTracerOptions(), new TraceLimits(depthMax, itemsMax, bytesMax));
        var result = scene.Run(tracer);
        tracer.Complete(scene.Transaction.GasLimit, result.GasUsed);
        Assert.True(tracer.IsTruncated);
        Assert.Equal(frames, Count(tracer.Root));
        Assert.Equal(Halt.Stop, result.Halt);
    }

    private static int Count(CallFrame? frame) => frame is null ? 0 : 1 + frame.Calls.Sum(Count);

    private static string Hex40(Address address) => Convert.ToHexStringLower(address.Span);
}

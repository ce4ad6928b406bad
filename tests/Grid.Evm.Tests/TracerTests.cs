using Grid.Primitives;

namespace Grid.Evm.Tests;

/// <summary>What a tracer is told.</summary>
public class TracerTests
{
    [Fact]
    public void Frames_and_steps()
    {
        var recorder = new Recorder();
        var scene = new Scene("PUSH0 PUSH0 PUSH0 PUSH0 PUSH4 c0de0002 GAS STATICCALL PUSH0 PUSH0 PUSH0 CREATE STOP") { Tracer = recorder };
        scene.World.Add(Scene.Other, code: Assembler.Assemble("PUSH1 01 PUSH0 REVERT"));
        scene.Call();
        var created = ContractAddress.FromNonce(Scene.Contract, 1);
        Assert.Equal(
            [$"0 Call {Scene.Contract}", $"1 StaticCall {Scene.Other}", "1 Revert", $"1 Create {created}", "1 Stop", "0 Stop"], recorder.Frames);
        Assert.Equal((0, (byte)0x5f, 10_000_000L, 0), recorder.Steps[0]);
        Assert.Equal((1, (byte)0x5f, 10_000_000L - 2, 0), recorder.Steps[1]);
        Assert.Equal(2, recorder.Steps.Count(step => step.Depth == 1 && step.Opcode is 0x60 or 0xfd));
    }

    [Fact]
    public void Frames_without_steps()
    {
        var recorder = new Recorder(wantsSteps: false);
        new Scene("PUSH1 01 POP") { Tracer = recorder }.Call();
        Assert.Equal([$"0 Call {Scene.Contract}", "0 Stop"], recorder.Frames);
        Assert.Empty(recorder.Steps);
    }

    [Fact]
    public void Calls_that_do_not_begin()
    {
        var recorder = new Recorder(wantsSteps: false);
        // CALL and CREATE with one wei that the contract hasn't got.
        new Scene("PUSH0 PUSH0 PUSH0 PUSH0 PUSH1 01 PUSH4 c0de0002 PUSH2 1000 CALL PUSH0 PUSH0 PUSH1 01 CREATE") { Tracer = recorder }.Call();
        Assert.Equal("1 Call 0x00000000000000000000000000000000c0de0002 refused: Balance, 1 wei, 6396 gas", recorder.Frames[1]);
        Assert.StartsWith("1 Create 0x0000000000000000000000000000000000000000 refused: Balance, 1 wei, ", recorder.Frames[2], StringComparison.Ordinal);
        Assert.Equal("0 Stop", recorder.Frames[3]);
    }

    [Fact]
    public void Logs_and_destructions()
    {
        var recorder = new Recorder(wantsSteps: false);
        new Scene("PUSH0 PUSH0 LOG0 PUSH4 c0de0002 SELFDESTRUCT", balance: 7) { Tracer = recorder }.Call();
        Assert.Equal([$"log of {Scene.Contract}", $"{Scene.Contract} leaves 7 wei to {Scene.Other}", "0 SelfDestruct"], recorder.Frames[1..]);
    }

    [Fact]
    public void Why_gas_did_not_suffice()
    {
        var recorder = new Recorder();
        new Scene("PUSH0 PUSH0 SSTORE") { Tracer = recorder, Gas = 2_304 }.Call();
        Assert.Equal(["fault: StorageStipend", "0 OutOfGas"], recorder.Frames[1..]);
        recorder = new Recorder();
        // Returns 32 bytes, which cost 6,400.
        new Scene { Tracer = recorder, Gas = 6_000 }.Create(Assembler.Assemble("PUSH1 20 PUSH0 RETURN"));
        Assert.Equal(["fault: CodeDeposit", "0 OutOfGas"], recorder.Frames[1..]);
    }

    [Fact]
    public void A_delegation_is_told_with_its_target()
    {
        var target = Address.Parse("0x00000000000000000000000000000000c0de0003");
        var watcher = new DelegationWatcher();
        var scene = new Scene("PUSH0 PUSH0 PUSH0 PUSH0 PUSH4 c0de0002 GAS STATICCALL") { Tracer = watcher };
        scene.World.Add(Scene.Other, code: Delegation.Encode(target));
        scene.World.Add(target, code: [0x00]);
        scene.Call();
        Assert.Equal([(Scene.Contract, Scene.Contract), (Scene.Other, target)], watcher.Codes);
    }

    private sealed class DelegationWatcher : ITracer
    {
        public bool WantsSteps => false;

        public List<(Address, Address)> Codes { get; } = [];

        public void OnEnter(in FrameStart start) => Codes.Add((start.CodeAddress, start.ExecutedAddress));

        public void OnExit(int depth, Halt halt, long gasLeft, ReadOnlySpan<byte> output)
        {
        }

        public void OnStep(in Step step)
        {
        }
    }
}

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
}

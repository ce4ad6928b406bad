using System.Buffers.Binary;
using Grid.Primitives;

namespace Grid.Node.Fuzz.Evm;

/// <summary>What a step of a program becomes.</summary>
internal enum StepKind : byte
{
    /// <summary>The opcode, alone.</summary>
    Plain,

    /// <summary>The shortest push that holds the value, or PUSH1 0 where the fork has no PUSH0.</summary>
    Push,

    /// <summary>A JUMPDEST with the number <see cref="FuzzStep.Number"/>.</summary>
    Label,

    /// <summary>PUSH2 of the offset of a label; of zero where the program has none of that number.</summary>
    PushLabel,

    /// <summary>PUSH2 of the offset of a part in the code.</summary>
    PushPartOffset,

    /// <summary>PUSH2 of the length of a part.</summary>
    PushPartLength,

    /// <summary>The bytes as they are.</summary>
    Raw,
}

/// <summary>One step of a program: of its fields those that its kind names count.</summary>
internal readonly record struct FuzzStep(StepKind Kind, byte Opcode = 0, UInt256 Value = default, int Number = 0, byte[]? Bytes = null)
{
    public static FuzzStep Of(byte opcode) => new(StepKind.Plain, opcode);

    public static FuzzStep Push(in UInt256 value) => new(StepKind.Push, Value: value);

    public static FuzzStep Raw(byte[] bytes) => new(StepKind.Raw, Bytes: bytes);
}

/// <summary>
/// Code as it was thought of: steps with labels, and parts (initcode, data) that lie behind them. So steps can be dropped, and the jumps that are
/// left still find their way. Immutable.
/// </summary>
internal sealed record FuzzProgram(FuzzStep[] Steps, FuzzProgram[] Parts)
{
    private const byte JumpDestination = 0x5b, Push0 = 0x5f, Push2 = 0x61;

    public static readonly FuzzProgram Empty = new([], []);

    public static FuzzProgram OfBytes(byte[] bytes) => bytes.Length == 0 ? Empty : new FuzzProgram([FuzzStep.Raw(bytes)], []);

    /// <summary>The bytes.</summary>
    /// <param name="hasPush0">EIP-3855, from Shanghai on.</param>
    public byte[] Assemble(bool hasPush0)
    {
        if (Steps is [{ Kind: StepKind.Raw, Bytes: { } only }] && Parts.Length == 0)
        {
            return only;
        }
        var parts = Array.ConvertAll(Parts, part => part.Assemble(hasPush0));
        var labels = new Dictionary<int, int>();
        var length = 0;
        foreach (var step in Steps)
        {
            if (step.Kind == StepKind.Label)
            {
                labels.TryAdd(step.Number, length);
            }
            length += LengthOf(in step, hasPush0);
        }
        var offsets = new int[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            offsets[i] = length;
            length += parts[i].Length;
        }
        var code = new byte[length];
        var at = 0;
        foreach (var step in Steps)
        {
            var size = LengthOf(in step, hasPush0);
            Write(in step, code.AsSpan(at, size));
            at += size;
        }
        foreach (var part in parts)
        {
            part.CopyTo(code, at);
            at += part.Length;
        }
        return code;

        void Write(in FuzzStep step, Span<byte> to)
        {
            switch (step.Kind)
            {
                case StepKind.Plain:
                    to[0] = step.Opcode;
                    break;
                case StepKind.Push:
                    to[0] = (byte)(Push0 + to.Length - 1);
                    step.Value.ToBigEndian().AsSpan(33 - to.Length).CopyTo(to[1..]);
                    break;
                case StepKind.Label:
                    to[0] = JumpDestination;
                    break;
                case StepKind.Raw:
                    step.Bytes.CopyTo(to);
                    break;
                default:
                    to[0] = Push2;
                    BinaryPrimitives.WriteUInt16BigEndian(to[1..], (ushort)Resolve(in step));
                    break;
            }
        }

        int Resolve(in FuzzStep step) => step.Kind switch
        {
            StepKind.PushLabel => labels.GetValueOrDefault(step.Number),
            StepKind.PushPartOffset => step.Number < offsets.Length ? offsets[step.Number] : 0,
            _ => step.Number < parts.Length ? parts[step.Number].Length : 0,
        };
    }

    private static int LengthOf(in FuzzStep step, bool hasPush0) => step.Kind switch
    {
        StepKind.Plain or StepKind.Label => 1,
        StepKind.Raw => step.Bytes!.Length,
        StepKind.Push => step.Value.IsZero ? hasPush0 ? 1 : 2 : 1 + step.Value.ByteLength,
        _ => 3,
    };
}

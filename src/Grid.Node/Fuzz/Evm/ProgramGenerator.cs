using Grid.Evm;
using Grid.Primitives;

namespace Grid.Node.Fuzz.Evm;

/// <summary>
/// Makes programs: statements that keep the stack's height as a rule and leave what they computed where it shows (in storage, logs, return
/// data), with loops that end, nested calls and creations. One program, one generator.
/// </summary>
/// <param name="depth">How deep in initcode of initcode it is: the deeper, the shorter.</param>
internal sealed partial class ProgramGenerator(Dice dice, Fork fork, AddressBook book, int depth = 0)
{
    private const int MaxStepsOfBlock = 400, UsualStackLimit = 12, KeptWords = 4;

    private readonly OpcodeFacts[] _opcodes = OpcodesOf(fork);
    private readonly List<FuzzStep> _steps = [];
    private readonly List<FuzzProgram> _parts = [];
    private int _labels;

    // Words that are surely on the stack: a guess after calls of code that isn't ours would be wrong otherwise.
    private int _height;

    private static readonly OpcodeFacts[]?[] CachedOpcodes = new OpcodeFacts[]?[(int)Fork.Amsterdam + 1];

    private static OpcodeFacts[] OpcodesOf(Fork fork) => CachedOpcodes[(int)fork] ??= OpcodeFacts.Of(fork);

    /// <summary>The code of a contract.</summary>
    public FuzzProgram Contract()
    {
        switch (dice.Below(40))
        {
            case 0:
                return FuzzProgram.OfBytes(dice.Bytes(dice.Below(80)));
            case 1:
                // Something that must not be deployed (EIP-3541), and an odd designator (EIP-7702).
                return FuzzProgram.OfBytes([0xef, (byte)dice.Below(3), .. dice.Bytes(dice.Below(24))]);
            default:
                Statements(depth == 0 ? dice.Between(2, 24) : dice.Between(1, 6));
                End();
                return new FuzzProgram([.. _steps], [.. _parts]);
        }
    }

    /// <summary>Initcode: does something, and as a rule returns code.</summary>
    public FuzzProgram Initcode()
    {
        Statements(dice.Below(depth == 0 ? 8 : 4));
        switch (dice.Below(8))
        {
            case 0:
                End();
                break;
            case 1:
                // Code of a size at the limits, all zeros but for the first byte.
                Push(dice.Pick((UInt256[])[0xef, 0x00, 0x5b, 0xff]));
                Push(0);
                Op(0x53);
                Push(dice.Pick((UInt256[])[0, 1, 24_575, 24_576, 24_577, EdgeValues.Size(dice)]));
                Push(0);
                Op(0xf3);
                break;
            default:
                var part = Part(dice.OneIn(3) ? Destructible() : new ProgramGenerator(dice, fork, book, depth + 1).Contract());
                CopyPart(part, 0);
                _steps.Add(new FuzzStep(StepKind.PushPartLength, Number: part));
                Push(0);
                Op(0xf3);
                break;
        }
        return new FuzzProgram([.. _steps], [.. _parts]);
    }

    private void Statements(int count)
    {
        for (var i = 0; i < count && _steps.Count < MaxStepsOfBlock; i++)
        {
            Statement();
            while (_height > UsualStackLimit)
            {
                Keep();
            }
        }
    }

    private void Statement()
    {
        switch (dice.Below(100))
        {
            case < 22: AnyOpcode(); break;
            case < 26: Context(); break;
            case < 34: Storage(); break;
            case < 37: Transient(); break;
            case < 43: Memory(); break;
            case < 58: Call(); break;
            case < 64: CallPrecompile(); break;
            case < 70: Create(); break;
            case < 75: Loop(); break;
            case < 80: Branch(); break;
            case < 84: Log(); break;
            case < 88: ReturnData(); break;
            case < 91: GasProbe(); break;
            case < 94: Shuffle(); break;
            case < 96: AccountQuestion(); break;
            case < 97: Careless(); break;
            default: Keep(); break;
        }
    }

    /// <summary>Any opcode that this fork has, but those that end the program, with operands that suit it.</summary>
    private void AnyOpcode()
    {
        var facts = dice.Pick(_opcodes);
        if (facts.Code is 0x00 or 0x56 or 0x57 or 0xf3 or 0xfd or 0xfe or 0xff or 0x5b || (facts.Code == 0x3e && !dice.OneIn(10)))
        {
            facts = _opcodes[1];
        }
        if (facts.ImmediateLength > 0)
        {
            _steps.Add(FuzzStep.Raw([facts.Code, .. EdgeValues.Word(dice).ToBigEndian().AsSpan(32 - facts.ImmediateLength)]));
            _height++;
            return;
        }
        if (facts.Code is >= 0x80 and <= 0x9f)
        {
            while (_height < facts.Inputs)
            {
                Push(EdgeValues.Word(dice));
            }
            Op(facts.Code);
            return;
        }
        PushOperands(facts);
        Op(facts.Code);
        if (facts.Outputs > 0 && dice.OneIn(2))
        {
            Keep();
        }
    }

    /// <summary>Something that the block, the transaction, the call or the machine tells.</summary>
    private void Context()
    {
        var facts = dice.Pick(_opcodes);
        while (facts.Inputs != 0 || facts.Outputs != 1 || facts.ImmediateLength > 0)
        {
            facts = dice.Pick(_opcodes);
        }
        Op(facts.Code);
        Keep();
    }

    private void PushOperands(OpcodeFacts facts)
    {
        var kinds = KindsOf(facts.Code);
        var fromStack = kinds.Length == 0 && _height > 0 && dice.OneIn(2) ? dice.Below(Math.Min(_height, facts.Inputs) + 1) : 0;
        for (var i = facts.Inputs - 1; i >= fromStack; i--)
        {
            Operand(i < kinds.Length ? kinds[i] : 'w');
        }
    }

    /// <summary>What an opcode takes, the top first: offset, size, word, address, slot, gas, value, number.</summary>
    private static string KindsOf(byte code) => code switch
    {
        0x20 => "os",
        0x31 or 0x3b or 0x3f => "a",
        0x35 => "o",
        0x37 or 0x39 or 0x3e or 0x5e => "oos",
        0x3c => "aoos",
        0x40 => "n",
        0x49 => "n",
        0x51 => "o",
        0x52 or 0x53 => "ow",
        0x54 or 0x5c => "k",
        0x55 or 0x5d => "kw",
        >= 0xa0 and <= 0xa4 => "oswwww"[..(2 + code - 0xa0)],
        0xf0 => "vos",
        0xf1 or 0xf2 => "gavosos",
        0xf4 or 0xfa => "gaosos",
        0xf5 => "vosk",
        _ => "",
    };

    private void Operand(char kind)
    {
        switch (kind)
        {
            case 'o' or 's': Push(EdgeValues.Size(dice)); break;
            case 'a': PushAddress(); break;
            case 'k': Push(Slot()); break;
            case 'g': PushGas(); break;
            case 'v': Push(Value()); break;
            case 'n': PushNumber(); break;
            default: Push(EdgeValues.Word(dice)); break;
        }
    }

    private void PushNumber()
    {
        if (dice.OneIn(2))
        {
            Push(EdgeValues.Word(dice));
            return;
        }
        // Within, at and beyond the last 256 blocks.
        Push((ulong)dice.Pick((int[])[0, 1, 2, 255, 256, 257]));
        Op(0x43);
        Op(0x03);
    }

    private void Storage()
    {
        if (dice.OneIn(3))
        {
            Push(Slot());
            Op(0x54);
            return;
        }
        PushValueToStore();
        Push(Slot());
        Op(0x55);
    }

    private void Transient()
    {
        if (fork < Fork.Cancun)
        {
            Storage();
            return;
        }
        if (dice.OneIn(2))
        {
            Push(Slot());
            Op(0x5c);
            return;
        }
        PushValueToStore();
        Push(Slot());
        Op(0x5d);
    }

    private void PushValueToStore()
    {
        if (_height > 0 && dice.OneIn(2))
        {
            // The stack's top has two words then: the value below its slot.
            return;
        }
        Push(dice.OneIn(2) ? (ulong)dice.Below(3) : EdgeValues.Word(dice));
    }

    private void Memory()
    {
        switch (dice.Below(6))
        {
            case 0:
                Push(EdgeValues.Size(dice));
                Push(EdgeValues.Size(dice));
                Push(EdgeValues.Size(dice));
                Op(dice.Pick((byte[])[0x37, 0x39]));
                break;
            case 1 when fork >= Fork.Cancun:
                Push(EdgeValues.Size(dice));
                Push(EdgeValues.Size(dice));
                Push(EdgeValues.Size(dice));
                Op(0x5e);
                break;
            case 2:
                Push(EdgeValues.Size(dice));
                Push(EdgeValues.Size(dice));
                Op(0x20);
                break;
            case 3:
                Push(EdgeValues.Size(dice));
                Op(0x51);
                break;
            default:
                Push(EdgeValues.Word(dice));
                Push(EdgeValues.Size(dice));
                Op(dice.OneIn(4) ? (byte)0x53 : (byte)0x52);
                break;
        }
    }

    /// <summary>
    /// Takes the top of the stack to where it shows: into a slot, or into a word of memory that most programs log or return at their end.
    /// </summary>
    private void Keep()
    {
        if (_height == 0)
        {
            GasProbe();
            return;
        }
        if (dice.OneIn(4))
        {
            Push((ulong)(0x10 + dice.Below(8)));
            Op(0x55);
            return;
        }
        var offset = (ulong)dice.Below(KeptWords) * 32;
        Push(offset);
        Op(0x51);
        Op(dice.OneIn(2) ? (byte)0x18 : (byte)0x01);
        Push(offset);
        Op(0x52);
    }

    /// <summary>What gas is left shows in the state: nothing is charged wrongly unseen.</summary>
    private void GasProbe()
    {
        Op(dice.Pick((byte[])[0x5a, 0x5a, 0x5a, 0x59, 0x58]));
        Push((ulong)(0x20 + dice.Below(4)));
        Op(0x55);
    }

    private void Log()
    {
        var topics = dice.Below(5);
        for (var i = 0; i < topics; i++)
        {
            Push(EdgeValues.Word(dice));
        }
        Push(EdgeValues.Size(dice));
        Push(EdgeValues.Size(dice));
        Op((byte)(0xa0 + topics));
    }

    private void ReturnData()
    {
        if (fork < Fork.Byzantium)
        {
            Memory();
            return;
        }
        switch (dice.Below(4))
        {
            case < 2:
                Op(0x3d);
                break;
            default:
                // All of it: always within its bounds, unless one more byte is asked for.
                Op(0x3d);
                if (dice.OneIn(40))
                {
                    Push(1);
                    Op(0x01);
                }
                Push(0);
                Push((ulong)dice.Below(128));
                Op(0x3e);
                break;
        }
    }

    private void AccountQuestion()
    {
        PushAddress();
        switch (dice.Below(4))
        {
            case 0: Op(0x31); break;
            case 1: Op(0x3b); break;
            case 2 when fork >= Fork.Constantinople: Op(0x3f); break;
            default:
                Op(0x50);
                Push(EdgeValues.Size(dice));
                Push(EdgeValues.Size(dice));
                Push(EdgeValues.Size(dice));
                PushAddress();
                Op(0x3c);
                break;
        }
    }

    private void Shuffle()
    {
        for (var i = dice.Between(1, 6); i > 0; i--)
        {
            var n = dice.Below(16);
            if (_height > n && dice.OneIn(2))
            {
                Op((byte)(0x80 + n));
            }
            else if (_height > n + 1)
            {
                Op((byte)(0x90 + n));
            }
            else if (_height > 0 && dice.OneIn(3))
            {
                Op(0x50);
            }
            else
            {
                Push(EdgeValues.Word(dice));
            }
        }
    }

    /// <summary>Bytes that nobody looked at: undefined opcodes, underflows, pushes that swallow what follows.</summary>
    private void Careless()
    {
        switch (dice.Below(4))
        {
            case 0:
                _steps.Add(FuzzStep.Of((byte)dice.Below(256)));
                break;
            case 1:
                Push(EdgeValues.Size(dice));
                Op(0x56);
                break;
            case 2:
                _steps.Add(FuzzStep.Of(dice.Pick(_opcodes).Code));
                break;
            default:
                // Deeper than the stack may grow.
                var label = ++_labels;
                _steps.Add(new FuzzStep(StepKind.Label, Number: label));
                Push(1);
                if (dice.OneIn(2))
                {
                    Op(0x80);
                }
                _steps.Add(new FuzzStep(StepKind.PushLabel, Number: label));
                _steps.Add(FuzzStep.Of(0x56));
                break;
        }
    }

    private void Loop()
    {
        var label = ++_labels;
        Push(dice.OneIn(12) ? 60UL : (ulong)dice.Between(1, 4));
        _steps.Add(new FuzzStep(StepKind.Label, Number: label));
        // The body must leave the counter where it is.
        var height = _height;
        var body = dice.Between(1, 3);
        for (var i = 0; i < body && _steps.Count < MaxStepsOfBlock; i++)
        {
            Statement();
        }
        Level(height);
        Push(1);
        Op(0x90);
        Op(0x03);
        Op(0x80);
        _steps.Add(new FuzzStep(StepKind.PushLabel, Number: label));
        _height++;
        Op(0x57);
        Op(0x50);
    }

    private void Branch()
    {
        var label = ++_labels;
        if (_height > 0 && dice.OneIn(2))
        {
            Op(0x80);
        }
        else
        {
            Push((ulong)dice.Below(2));
        }
        if (dice.OneIn(2))
        {
            Op(0x15);
        }
        _steps.Add(new FuzzStep(StepKind.PushLabel, Number: label));
        _height++;
        Op(0x57);
        var height = _height;
        if (dice.OneIn(6))
        {
            End();
        }
        else
        {
            Statements(dice.Between(1, 2));
        }
        Level(height);
        _steps.Add(new FuzzStep(StepKind.Label, Number: label));
    }

    /// <summary>Brings the stack to this height.</summary>
    private void Level(int height)
    {
        while (_height > height)
        {
            Op(0x50);
        }
        while (_height < height)
        {
            Push(0);
        }
    }

    private void End()
    {
        if (dice.OneIn(3))
        {
            PushKept();
            Op(0xa0);
        }
        switch (dice.Below(20))
        {
            case < 3:
                _steps.Add(FuzzStep.Of(0x00));
                break;
            case < 8:
                PushKept();
                Op(0xf3);
                break;
            case 8:
                Push(EdgeValues.Size(dice));
                Push(EdgeValues.Size(dice));
                Op(0xf3);
                break;
            case < 11:
                PushKept();
                Op(0xfd);
                break;
            case 11:
                Push(EdgeValues.Size(dice));
                Push(EdgeValues.Size(dice));
                Op(0xfd);
                break;
            case < 16:
                PushAddress();
                Op(0xff);
                break;
            case 16:
                _steps.Add(FuzzStep.Of(0xfe));
                break;
            case 17:
                // A push whose data is beyond the end of the code.
                _steps.Add(FuzzStep.Of((byte)(0x60 + dice.Below(32))));
                break;
            default:
                break;
        }
    }

    private void PushKept()
    {
        Push(KeptWords * 32);
        Push(0);
    }

    private UInt256 Slot() => dice.Below(10) switch
    {
        < 7 => (ulong)dice.Below(5),
        7 => EdgeValues.Word(dice),
        _ => (ulong)(0x10 + dice.Below(8)),
    };

    private UInt256 Value() => dice.Below(12) switch
    {
        < 7 => 0,
        < 10 => 1,
        10 => (ulong)dice.Below(1_000_000),
        _ => EdgeValues.Word(dice),
    };

    private void Push(in UInt256 value)
    {
        _steps.Add(FuzzStep.Push(in value));
        _height++;
    }

    private void Push(ulong value) => Push(new UInt256(value));

    private void Op(byte code)
    {
        _steps.Add(FuzzStep.Of(code));
        var facts = Array.Find(_opcodes, row => row.Code == code);
        _height = Math.Max(0, _height - facts.Inputs) + facts.Outputs;
    }
}

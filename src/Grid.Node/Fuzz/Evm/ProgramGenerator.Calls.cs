using Grid.Evm;
using Grid.Primitives;

namespace Grid.Node.Fuzz.Evm;

/// <summary>Statements that leave the account: calls, creations, and what is done with their results.</summary>
internal sealed partial class ProgramGenerator
{
    private const int InputOffset = 0x100;

    private void PushAddress()
    {
        switch (dice.Below(12))
        {
            case 0: Op(0x30); break;
            case 1: Op(0x33); break;
            case 2: Op(0x32); break;
            case 3 when dice.OneIn(3): Op(0x41); break;
            case 4 when dice.OneIn(4):
                // The upper twelve bytes don't count.
                Push(book.Any(dice).ToWord() | (UInt256.MaxValue << 160));
                break;
            case 5 when dice.OneIn(2):
                Push(Slot());
                Op(0x54);
                break;
            default: Push(book.Any(dice).ToWord()); break;
        }
    }

    private void PushGas()
    {
        switch (dice.Below(20))
        {
            // All of it lets calls of calls eat up everything.
            case < 4: Op(0x5a); break;
            case 4: Push((ulong)dice.Pick((int[])[0, 1, 2_299, 2_300, 2_301])); break;
            case < 8: Push((ulong)dice.Below(30_000)); break;
            case 8: Push(EdgeValues.Word(dice)); break;
            default: Push((ulong)dice.Between(30_000, 200_000)); break;
        }
    }

    private void Call()
    {
        var code = CallOpcode();
        if (dice.OneIn(3))
        {
            // Some input, so that the callee's CALLDATALOAD has something.
            Push(dice.OneIn(2) ? book.Any(dice).ToWord() : EdgeValues.Word(dice));
            Push(0);
            Op(0x52);
        }
        Push(EdgeValues.Size(dice));
        Push(EdgeValues.Size(dice));
        Push(dice.OneIn(2) ? 32 : EdgeValues.Size(dice));
        Push(dice.OneIn(2) ? 0 : EdgeValues.Size(dice));
        if (code is 0xf1 or 0xf2)
        {
            Push(Value());
        }
        PushAddress();
        PushGas();
        Op(code);
        Result();
    }

    private byte CallOpcode() => dice.Below(10) switch
    {
        < 5 => 0xf1,
        5 => 0xf2,
        < 8 when fork >= Fork.Homestead => 0xf4,
        _ when fork >= Fork.Byzantium => 0xfa,
        _ => 0xf1,
    };

    /// <summary>A call's or a creation's word on the stack: kept, dropped, or acted upon.</summary>
    private void Result()
    {
        switch (dice.Below(6))
        {
            case 0:
                Op(0x50);
                break;
            case < 4:
                Push((ulong)(0x10 + dice.Below(8)));
                Op(0x55);
                break;
            case 4:
                ReturnData();
                break;
            default:
                break;
        }
    }

    private void CallPrecompile()
    {
        var address = dice.Pick(book.Precompiles);
        var input = PrecompileInputs.Of(dice, in address);
        CopyPart(Part(FuzzProgram.OfBytes(input)), InputOffset);
        Push(dice.OneIn(3) ? EdgeValues.Size(dice) : 64);
        Push((ulong)dice.Below(64));
        Push((ulong)input.Length);
        Push(InputOffset);
        var code = CallOpcode();
        if (code is 0xf1 or 0xf2)
        {
            Push(dice.OneIn(6) ? Value() : 0);
        }
        Push(address.ToWord());
        PushGas();
        Op(code);
        Result();
    }

    private void Create()
    {
        if (depth >= 2)
        {
            Storage();
            return;
        }
        var part = Part(new ProgramGenerator(dice, fork, book, depth + 1).Initcode());
        CopyPart(part, 0);
        var isSalted = fork >= Fork.Constantinople && dice.OneIn(2);
        var salt = (ulong)dice.Below(3);
        // Twice with one salt: the second collides, unless the first failed or destroyed itself.
        for (var times = isSalted && dice.OneIn(3) ? 2 : 1; times > 0; times--)
        {
            if (isSalted)
            {
                Push(salt);
            }
            if (dice.OneIn(20))
            {
                // At EIP-3860's limit and just beyond it, or anything.
                Push(dice.Pick((UInt256[])[49_152, 49_153, EdgeValues.Size(dice)]));
            }
            else
            {
                _steps.Add(new FuzzStep(StepKind.PushPartLength, Number: part));
                _height++;
            }
            Push(0);
            Push(Value());
            Op(isSalted ? (byte)0xf5 : (byte)0xf0);
            UseCreated();
        }
    }

    /// <summary>The new contract is called, asked about, or noted.</summary>
    private void UseCreated()
    {
        switch (dice.Below(4))
        {
            case 0:
                Op(0x50);
                break;
            case 1:
                Push((ulong)dice.Below(5));
                Op(0x55);
                break;
            default:
                // gas, address, value, input, output: the address is fetched from below.
                for (var i = 0; i < 5; i++)
                {
                    Push(i == 4 && dice.OneIn(4) ? 1UL : 0);
                }
                Op(0x85);
                PushGas();
                Op(0xf1);
                Op(0x50);
                Op(dice.OneIn(2) ? (byte)0x3b : (byte)0x31);
                break;
        }
    }

    /// <summary>A contract that destroys itself when it is called, in favour of somebody.</summary>
    private FuzzProgram Destructible()
    {
        var beneficiary = dice.Below(3) switch
        {
            0 => FuzzStep.Of(0x30),
            1 => FuzzStep.Of(0x33),
            _ => FuzzStep.Push(book.Any(dice).ToWord()),
        };
        FuzzStep[] store = dice.OneIn(2) ? [FuzzStep.Push(1), FuzzStep.Push((ulong)dice.Below(3)), FuzzStep.Of(0x55)] : [];
        return new FuzzProgram([.. store, beneficiary, FuzzStep.Of(0xff)], []);
    }

    private int Part(FuzzProgram part)
    {
        _parts.Add(part);
        return _parts.Count - 1;
    }

    private void CopyPart(int part, ulong offset)
    {
        _steps.Add(new FuzzStep(StepKind.PushPartLength, Number: part));
        _steps.Add(new FuzzStep(StepKind.PushPartOffset, Number: part));
        _height += 2;
        Push(offset);
        Op(0x39);
    }
}

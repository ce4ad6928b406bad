using Grid.Chain;
using Grid.Evm;
using Grid.Primitives;

namespace Grid.Node.Fuzz.Evm;

/// <summary>Makes the transactions of one case, in their order.</summary>
/// <param name="nonces">The next nonce of each signer: counted on for each transaction that looks valid.</param>
internal sealed class TransactionGenerator(Dice dice, Fork fork, AddressBook book, FuzzBlock block, ulong[] nonces)
{
    private const int WrongWays = 12;

    /// <summary>Most are valid; the others are wrong in one way, or by what they have become.</summary>
    public FuzzTransaction Make()
    {
        var wrong = dice.OneIn(7) ? dice.Below(WrongWays) : -1;
        // Of few signers the first, which has ether, sends most.
        var signer = book.Signers.Length > CaseOptions.PresetTransactions || dice.OneIn(3) ? dice.Below(book.Signers.Length) : 0;
        var type = wrong == 0 ? (TransactionType)dice.Below(5) : Type();
        var isCreation = dice.OneIn(5) && (type < TransactionType.Blob || wrong == 1);
        var isRequest = !isCreation && book.System.Length > 0 && dice.OneIn(15);
        var data = isCreation ? new ProgramGenerator(dice, fork, book).Initcode() : FuzzProgram.OfBytes(isRequest ? RequestData() : CallData());
        var authorizations = type == TransactionType.SetCode ? Authorizations(signer, isEmpty: wrong == 2) : [];
        var maxFee = wrong switch
        {
            3 => fork >= Fork.London ? block.BaseFee - 1 : 0,
            4 => dice.OneIn(2) ? UInt256.MaxValue : UInt256.One << 235,
            _ => block.BaseFee + (ulong)dice.Below(1_000),
        };
        var chain = wrong == 5 ? 2 : type == TransactionType.Legacy && (fork < Fork.SpuriousDragon || dice.OneIn(4)) ? (ulong?)null : FuzzCase.ChainId;
        var gas = wrong == 6 ? WrongGasLimit() : GasLimit(in maxFee, isCreation, data, authorizations.Length);
        var value = wrong == 7 ? EdgeValues.Word(dice) : isRequest ? (ulong)dice.Below(3) : dice.OneIn(3) ? (ulong)dice.Below(10_000) : 0;
        // An address's nonce goes on where nothing else is wrong.
        var nonce = wrong == 8 ? nonces[signer] + 1 - (2 * (ulong)dice.Below(2)) : wrong < 0 ? nonces[signer]++ : nonces[signer];
        return new FuzzTransaction(
            type, signer, chain, nonce, gas, maxFee, wrong == 9 ? maxFee + 1 : PriorityFee(in maxFee), isCreation ? null : isRequest
                ? dice.Pick(book.System) : Recipient(), value,
            data, type == TransactionType.Legacy ? [] : AccessList(), authorizations, wrong == 10 ? 0 : UInt256.One << 40,
                type == TransactionType.Blob ? Blobs(isWrong: wrong == 11) : []);
    }

    private TransactionType Type()
    {
        var latest = fork switch
        {
            >= Fork.Prague => TransactionType.SetCode,
            >= Fork.Cancun => TransactionType.Blob,
            >= Fork.London => TransactionType.DynamicFee,
            >= Fork.Berlin => TransactionType.AccessList,
            _ => TransactionType.Legacy,
        };
        return (TransactionType)dice.Below((int)latest + 1);
    }

    /// <summary>Enough to run as a rule, or so much that it runs out somewhere.</summary>
    private ulong GasLimit(in UInt256 maxFee, bool isCreation, FuzzProgram data, int authorizations)
    {
        var bytes = data.Assemble(fork >= Fork.Shanghai);
        var intrinsic = IntrinsicGas.Of(new Transaction { Type = TransactionType.Legacy, To = isCreation ? null : Address.Zero, Data = bytes }, fork);
        var least = Math.Max(intrinsic.Gas, intrinsic.Floor) + ((ulong)authorizations * IntrinsicGas.PerEmptyAccount) + 30_000;
        return dice.Below(12) switch
        {
            0 => least - (ulong)dice.Below(30_000),
            < 3 => least + (ulong)dice.Below(100_000),
            3 when maxFee < 2_000_000_000 => dice.OneIn(6) ? Math.Min(block.GasLimit, TransactionRules.MaxGasLimit) : 5_000_000,
            _ => least + (ulong)dice.Between(1_000_000, 3_000_000),
        };
    }

    private ulong WrongGasLimit() => dice.Below(5) switch
    {
        4 => 1UL << 62,
        0 => (ulong)dice.Between(0, 22_000),
        1 => block.GasLimit + 1,
        2 => ulong.MaxValue,
        _ => TransactionRules.MaxGasLimit + 1,
    };

    private UInt256 PriorityFee(in UInt256 maxFee) => dice.Below(3) switch
    {
        0 => UInt256.Zero,
        1 => maxFee,
        _ => maxFee < 100 ? maxFee : (ulong)dice.Below(100),
    };

    private Address Recipient() => dice.Below(10) < 8 ? dice.Pick(book.Contracts) : book.Any(dice);

    private byte[] CallData()
    {
        var data = dice.Bytes(EdgeValues.ByteLength(dice));
        if (dice.OneIn(3))
        {
            data.AsSpan(dice.Below(data.Length + 1)).Clear();
        }
        if (data.Length >= 32 && dice.OneIn(2))
        {
            book.Any(dice).Span.CopyTo(data.AsSpan(12));
            data.AsSpan(0, 12).Clear();
        }
        return data;
    }

    /// <summary>What a system contract takes: a number, or a request of EIP-7002 or EIP-7251.</summary>
    private byte[] RequestData() => dice.OneIn(2) ? ((UInt256)(block.Timestamp - (ulong)dice.Below(2))).ToBigEndian()
        : dice.Bytes(dice.Pick((int[])[0, 56, 96, 55, 97]));

    private AccessListEntry[] AccessList()
    {
        var entries = new AccessListEntry[dice.OneIn(2) ? dice.Below(5) : 0];
        for (var i = 0; i < entries.Length; i++)
        {
            var keys = new UInt256[dice.Below(4)];
            for (var k = 0; k < keys.Length; k++)
            {
                keys[k] = dice.OneIn(4) ? EdgeValues.Word(dice) : (ulong)dice.Below(5);
            }
            entries[i] = new AccessListEntry(book.Any(dice), keys);
        }
        return entries;
    }

    private FuzzAuthorization[] Authorizations(int sender, bool isEmpty)
    {
        var authorizations = new FuzzAuthorization[isEmpty ? 0 : dice.Between(1, 4)];
        // The sender's nonce is counted on before authorizations are looked at.
        var next = new Dictionary<int, ulong> { [sender] = nonces[sender] + 1 };
        for (var i = 0; i < authorizations.Length; i++)
        {
            // A signer beyond the others is an account that doesn't exist.
            var signer = dice.Below(book.Signers.Length + 1);
            var nonce = next.TryGetValue(signer, out var known) ? known : signer < nonces.Length ? nonces[signer] : 0;
            var isRight = !dice.OneIn(6);
            if (isRight)
            {
                next[signer] = nonce + 1;
                if (signer < nonces.Length && signer != sender)
                {
                    nonces[signer] = nonce + 1;
                }
            }
            authorizations[i] = new FuzzAuthorization(
                signer, dice.Pick((UInt256[])[0, FuzzCase.ChainId, FuzzCase.ChainId, dice.OneIn(8) ? UInt256.MaxValue : FuzzCase.ChainId]),
                dice.OneIn(5) ? Address.Zero : book.Any(dice), isRight ? nonce : nonce + 1 - (2 * (ulong)dice.Below(2)),
                dice.OneIn(15) ? (SignatureFault)dice.Between(1, 3) : SignatureFault.None);
        }
        return authorizations;
    }

    private Hash256[] Blobs(bool isWrong)
    {
        var blobs = new Hash256[isWrong ? dice.Below(12) : dice.Between(1, 2)];
        for (var i = 0; i < blobs.Length; i++)
        {
            var bytes = dice.Bytes(32);
            bytes[0] = isWrong && dice.OneIn(2) ? (byte)2 : (byte)1;
            blobs[i] = new Hash256(bytes);
        }
        return blobs;
    }
}

using Grid.Chain;
using Grid.Evm;
using Grid.Primitives;

namespace Grid.Node.Fuzz.Evm;

/// <summary>Makes the transactions of one case, in their order.</summary>
/// <param name="nonces">The next nonce of each signer: counted on for each transaction that looks valid.</param>
internal sealed class TransactionGenerator(Dice dice, Fork fork, AddressBook book, FuzzBlock block, ulong[] nonces)
{
    public FuzzTransaction Make()
    {
        var signer = dice.OneIn(3) ? dice.Below(book.Signers.Length) : 0;
        var type = Type();
        var isCreation = dice.OneIn(5) && (type < TransactionType.Blob || dice.OneIn(20));
        var isRequest = !isCreation && book.System.Length > 0 && dice.OneIn(15);
        var data = isCreation ? new ProgramGenerator(dice, fork, book).Initcode() : FuzzProgram.OfBytes(isRequest ? RequestData() : CallData());
        var accessList = type == TransactionType.Legacy ? [] : AccessList();
        var authorizations = type == TransactionType.SetCode ? Authorizations(signer) : [];
        var nonce = Nonce(signer);
        var maxFee = MaxFee();
        return new FuzzTransaction(
            type, signer, Chain(type), nonce, GasLimit(), maxFee, dice.OneIn(30) ? maxFee + 1 : PriorityFee(in maxFee), isCreation ? null : isRequest ? dice.Pick(book.System) : Recipient(),
            isRequest ? (ulong)dice.Below(3) : Value(),
            data, accessList, authorizations, dice.OneIn(15) ? 0 : UInt256.One << 100, type == TransactionType.Blob ? Blobs() : []);
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
        return dice.OneIn(60) ? (TransactionType)dice.Below(5) : (TransactionType)dice.Below((int)latest + 1);
    }

    private ulong? Chain(TransactionType type)
    {
        if (dice.OneIn(60))
        {
            return 2;
        }
        return type == TransactionType.Legacy && (fork < Fork.SpuriousDragon || dice.OneIn(4)) ? null : FuzzCase.ChainId;
    }

    private ulong Nonce(int signer)
    {
        switch (dice.Below(40))
        {
            case 0: return nonces[signer] + 1;
            case 1: return nonces[signer] - 1;
            default: return nonces[signer]++;
        }
    }

    private ulong GasLimit() => dice.Below(20) switch
    {
        0 => (ulong)dice.Between(20_000, 22_000),
        < 3 => (ulong)dice.Between(21_000, 60_000),
        < 9 => (ulong)dice.Between(50_000, 500_000),
        < 13 => (ulong)dice.Between(100_000, 2_000_000),
        13 => dice.OneIn(6) ? block.GasLimit : 3_000_000,
        14 => dice.OneIn(10) ? ulong.MaxValue : TransactionRules.MaxGasLimit + (ulong)dice.Below(2),
        _ => 1_000_000,
    };

    private UInt256 MaxFee() => dice.Below(30) switch
    {
        0 => fork >= Fork.London ? block.BaseFee - 1 : 0,
        1 => UInt256.One << 235,
        2 => UInt256.MaxValue,
        3 => block.BaseFee,
        _ => block.BaseFee + (ulong)dice.Below(1_000),
    };

    private UInt256 PriorityFee(in UInt256 maxFee) => dice.Below(3) switch
    {
        0 => UInt256.Zero,
        1 => maxFee,
        _ => maxFee < 100 ? maxFee : (ulong)dice.Below(100),
    };

    private Address Recipient() => dice.Below(10) < 8 ? dice.Pick(book.Contracts) : book.Any(dice);

    private UInt256 Value() => dice.Below(10) switch
    {
        < 6 => UInt256.Zero,
        < 9 => (ulong)dice.Below(10_000),
        _ => EdgeValues.Word(dice),
    };

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
    private byte[] RequestData() => dice.OneIn(2) ? ((UInt256)(block.Timestamp - (ulong)dice.Below(2))).ToBigEndian() : dice.Bytes(dice.Pick((int[])[0, 56, 96, 55, 97]));

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

    private FuzzAuthorization[] Authorizations(int sender)
    {
        var authorizations = new FuzzAuthorization[dice.OneIn(30) ? 0 : dice.Between(1, 4)];
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

    private Hash256[] Blobs()
    {
        var blobs = new Hash256[dice.OneIn(15) ? dice.Below(12) : dice.Between(1, 3)];
        for (var i = 0; i < blobs.Length; i++)
        {
            var bytes = dice.Bytes(32);
            bytes[0] = dice.OneIn(40) ? (byte)2 : (byte)1;
            blobs[i] = new Hash256(bytes);
        }
        return blobs;
    }
}

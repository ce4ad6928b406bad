using Grid.Primitives;
using Grid.Primitives.Rlp;

namespace Grid.Chain;

/// <summary>
/// The result of one transaction as the receipts trie holds it (EIP-658, EIP-2718), with what a client asks about it beside.
/// Immutable.
/// </summary>
public sealed class Receipt
{
    private Bloom? _bloom;

    public required TransactionType Type { get; init; }

    /// <summary>EIP-658: whether the transaction ran to its end. True in receipts that hold a root instead.</summary>
    public bool Succeeded { get; init; } = true;

    /// <summary>The state root after the transaction: before Byzantium, in place of the status.</summary>
    public Hash256? PostStateRoot { get; init; }

    /// <summary>Gas units of the block's transactions up to this one.</summary>
    public required ulong CumulativeGasUsed { get; init; }

    public Log[] Logs { get; init; } = [];

    /// <summary>Computed from the logs on first use, or what was decoded.</summary>
    public Bloom Bloom
    {
        get => _bloom ??= Bloom.Of(Logs);
        init => _bloom = value;
    }

    /// <summary>Null where nobody has asked for the bloom yet.</summary>
    internal Bloom? KnownBloom => _bloom;

    /// <summary>Gas units of this transaction alone; not part of the encoding.</summary>
    public ulong GasUsed { get; init; }

    /// <summary>The created contract, where the transaction has no `to`; not part of the encoding.</summary>
    public Address? ContractAddress { get; init; }

    /// <summary>The same receipt with a root in place of the status.</summary>
    public Receipt WithPostStateRoot(in Hash256 root) => new()
    {
        Type = Type, PostStateRoot = root, CumulativeGasUsed = CumulativeGasUsed, Logs = Logs, _bloom = _bloom, GasUsed = GasUsed, ContractAddress = ContractAddress,
    };

    /// <summary>The same receipt at its place in a block.</summary>
    /// <param name="cumulativeGasUsed">Gas units of the block's transactions up to this one.</param>
    public Receipt WithCumulativeGasUsed(ulong cumulativeGasUsed) => new()
    {
        Type = Type, Succeeded = Succeeded, PostStateRoot = PostStateRoot, CumulativeGasUsed = cumulativeGasUsed, Logs = Logs, _bloom = _bloom,
        GasUsed = GasUsed, ContractAddress = ContractAddress,
    };

    /// <summary>Decodes the form that the receipts trie holds.</summary>
    /// <exception cref="RlpException">Not one well-formed receipt.</exception>
    public static Receipt Decode(ReadOnlySpan<byte> bytes)
    {
        var type = TransactionType.Legacy;
        if (!bytes.IsEmpty && bytes[0] < 0xc0)
        {
            type = bytes[0] is > 0 and <= (byte)TransactionType.SetCode ? (TransactionType)bytes[0] : throw new RlpException(RlpError.InvalidValue, 0);
            bytes = bytes[1..];
        }
        var outer = new RlpReader(bytes);
        var list = outer.ReadList();
        outer.ExpectEnd();
        var outcome = list.ReadBytes();
        var isRoot = outcome.Length == Hash256.Length;
        if (!isRoot && !(outcome.IsEmpty || (outcome.Length == 1 && outcome[0] == 1)))
        {
            throw new RlpException(RlpError.InvalidValue, 0);
        }
        var gas = list.ReadUInt64();
        var bloom = Bloom.FromBytes(list.ReadBytes(Bloom.Length));
        var logList = list.ReadList();
        list.ExpectEnd();
        var logs = new Log[logList.CountItems()];
        for (var i = 0; i < logs.Length; i++)
        {
            logs[i] = DecodeLog(ref logList);
        }
        return new Receipt
        {
            Type = type, Succeeded = isRoot || outcome.Length == 1, PostStateRoot = isRoot ? new Hash256(outcome) : null,
            CumulativeGasUsed = gas, Bloom = bloom, Logs = logs,
        };
    }

    /// <summary>Writes the form that the receipts trie holds: the type byte of a typed one, then the list.</summary>
    public void Encode(RlpWriter writer)
    {
        if (Type != TransactionType.Legacy)
        {
            writer.WriteRaw([(byte)Type]);
        }
        var list = writer.BeginList();
        if (PostStateRoot is { } root)
        {
            writer.WriteHash256(in root);
        }
        else
        {
            writer.WriteUInt64(Succeeded ? 1UL : 0);
        }
        writer.WriteUInt64(CumulativeGasUsed);
        writer.WriteBytes(Bloom.Span);
        EncodeLogs(writer, Logs);
        writer.EndList(list);
    }

    public byte[] Encode()
    {
        var writer = RlpBuffers.Rent();
        Encode(writer);
        var bytes = writer.ToArray();
        RlpBuffers.Return(writer);
        return bytes;
    }

    public static void EncodeLogs(RlpWriter writer, ReadOnlySpan<Log> logs)
    {
        var list = writer.BeginList();
        foreach (var log in logs)
        {
            var item = writer.BeginList();
            writer.WriteAddress(log.Address);
            var topics = writer.BeginList();
            foreach (ref readonly var topic in log.Topics.AsSpan())
            {
                writer.WriteHash256(in topic);
            }
            writer.EndList(topics);
            writer.WriteBytes(log.Data);
            writer.EndList(item);
        }
        writer.EndList(list);
    }

    private static Log DecodeLog(ref RlpReader reader)
    {
        var item = reader.ReadList();
        var address = item.ReadAddress();
        var topicList = item.ReadList();
        var topics = new Hash256[topicList.CountItems()];
        for (var i = 0; i < topics.Length; i++)
        {
            topics[i] = topicList.ReadHash256();
        }
        var data = item.ReadBytes().ToArray();
        item.ExpectEnd();
        return new Log(address, topics, data);
    }
}

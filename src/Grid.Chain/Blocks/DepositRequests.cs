using System.Buffers.Binary;
using Grid.Primitives;

namespace Grid.Chain;

/// <summary>Finds the deposits that a block's receipts announce (EIP-6110).</summary>
public static class DepositRequests
{
    private const int EventLength = 576, RequestLength = 192;

    /// <summary>The first topic of the deposit contract's event.</summary>
    public static readonly Hash256 EventSignature = Hash256.Parse("0x649bbc62d0e31342afea4e5cd82d4049e7e1ee912fc0889aa790803be39038c5");

    /// <summary>Where each field's length word stands in the event's data, and what it must be: public key, credentials, amount, signature, index.</summary>
    private static readonly (int Offset, int Length)[] Fields = [(160, 48), (256, 32), (320, 8), (384, 96), (512, 8)];

    /// <summary>The request list with its type byte, which alone is left where there are no deposits; false where an event has another layout.</summary>
    public static bool TryCollect(IEnumerable<Receipt> receipts, Address depositContract, out byte[] requests)
    {
        using var collected = new MemoryStream();
        collected.WriteByte(ExecutionRequests.DepositType);
        Span<byte> request = stackalloc byte[RequestLength];
        requests = [];
        foreach (var receipt in receipts)
        {
            foreach (var log in receipt.Logs)
            {
                if (log.Address != depositContract || log.Topics.Length == 0 || log.Topics[0] != EventSignature)
                {
                    continue;
                }
                if (!TryParse(log.Data, request))
                {
                    return false;
                }
                collected.Write(request);
            }
        }
        requests = collected.ToArray();
        return true;
    }

    private static bool TryParse(ReadOnlySpan<byte> data, Span<byte> request)
    {
        if (data.Length != EventLength)
        {
            return false;
        }
        for (var i = 0; i < Fields.Length; i++)
        {
            var (offset, length) = Fields[i];
            if (!IsWord(data.Slice(i * 32, 32), offset) || !IsWord(data.Slice(offset, 32), length))
            {
                return false;
            }
            data.Slice(offset + 32, length).CopyTo(request);
            request = request[length..];
        }
        return true;
    }

    private static bool IsWord(ReadOnlySpan<byte> word, int value) =>
        !word[..28].ContainsAnyExcept((byte)0) && BinaryPrimitives.ReadInt32BigEndian(word[28..]) == value;
}

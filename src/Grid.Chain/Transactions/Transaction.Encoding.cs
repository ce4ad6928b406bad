using System.Diagnostics.CodeAnalysis;
using Grid.Crypto;
using Grid.Primitives;
using Grid.Primitives.Rlp;

namespace Grid.Chain;

public sealed partial class Transaction
{
    /// <summary>Decodes the network form. Data and kept encoding share one copy of the input.</summary>
    /// <exception cref="TransactionFormatException">Not one well-formed transaction.</exception>
    public static Transaction Decode(ReadOnlySpan<byte> raw) =>
        TryDecode(raw, out var transaction, out var error) ? transaction : throw new TransactionFormatException(error);

    /// <summary>Decodes the network form: a legacy list, or a type byte (EIP-2718) and its payload, with nothing after it.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> raw, [NotNullWhen(true)] out Transaction? transaction, out TransactionError error)
    {
        transaction = null;
        if (raw.IsEmpty)
        {
            error = new TransactionError(TransactionErrorCode.Empty);
            return false;
        }
        var isTyped = raw[0] < 0xc0;
        if (isTyped && raw[0] is 0 or (> (byte)TransactionType.SetCode and < 0xc0))
        {
            error = new TransactionError(TransactionErrorCode.UnknownType, (ulong)raw[0]);
            return false;
        }
        try
        {
            var bytes = raw.ToArray();
            error = isTyped ? DecodeTyped(bytes, out transaction) : DecodeLegacy(bytes, out transaction);
        }
        catch (RlpException exception)
        {
            error = TransactionError.Of(exception);
        }
        if (!error.IsNone)
        {
            transaction = null;
        }
        return transaction is not null;
    }

    /// <summary>Reads one transaction of a block's list: a legacy list, or a string that holds a typed transaction.</summary>
    public static bool TryDecodeFromBlock(ref RlpReader reader, [NotNullWhen(true)] out Transaction? transaction, out TransactionError error)
    {
        if (reader.NextIsList)
        {
            return TryDecode(reader.ReadRaw(), out transaction, out error);
        }
        var envelope = reader.ReadBytes();
        if (!envelope.IsEmpty && envelope[0] >= 0xc0)
        {
            // A legacy transaction wrapped in a string is no element of a block's list.
            transaction = null;
            error = new TransactionError(TransactionErrorCode.UnknownType, (ulong)envelope[0]);
            return false;
        }
        return TryDecode(envelope, out transaction, out error);
    }

    /// <summary>Writes the form that stands in a block's list.</summary>
    public void EncodeInBlock(RlpWriter writer)
    {
        if (Type == TransactionType.Legacy)
        {
            writer.WriteRaw(Encoded);
        }
        else
        {
            writer.WriteBytes(Encoded);
        }
    }

    /// <summary>What the sender signs: Keccak-256 of the payload without signature (EIP-155, EIP-2718).</summary>
    public Hash256 SigningHash
    {
        get
        {
            var writer = RlpBuffers.Rent();
            WritePayload(writer, withSignature: false);
            var hash = Keccak256.Hash(writer.Written);
            RlpBuffers.Return(writer);
            return hash;
        }
    }

    private byte[] Encode()
    {
        var writer = RlpBuffers.Rent();
        WritePayload(writer, withSignature: true);
        var encoded = writer.ToArray();
        RlpBuffers.Return(writer);
        return encoded;
    }

    private static TransactionError DecodeLegacy(byte[] bytes, out Transaction? transaction)
    {
        transaction = null;
        var outer = new RlpReader(bytes);
        var list = outer.ReadList();
        outer.ExpectEnd();
        var nonce = list.ReadUInt64();
        var gasPrice = list.ReadUInt256();
        var gasLimit = list.ReadUInt64();
        var to = list.ReadOptionalAddress();
        var value = list.ReadUInt256();
        var data = ReadMemory(ref list, bytes);
        var v = list.ReadUInt256();
        var r = list.ReadUInt256();
        var s = list.ReadUInt256();
        list.ExpectEnd();
        if (!TrySplitV(in v, out var yParity, out var chainId))
        {
            return new TransactionError(TransactionErrorCode.InvalidYParity, v);
        }
        transaction = new Transaction
        {
            Type = TransactionType.Legacy, ChainId = chainId, Nonce = nonce, MaxFeePerGas = gasPrice, MaxPriorityFeePerGas = gasPrice,
            GasLimit = gasLimit, To = to, Value = value, Data = data, YParity = yParity, R = r, S = s, _encoded = bytes,
        };
        return CheckSignatureRange(in r, in s);
    }

    private static TransactionError DecodeTyped(byte[] bytes, out Transaction? transaction)
    {
        transaction = null;
        var type = (TransactionType)bytes[0];
        var outer = new RlpReader(bytes.AsSpan(1));
        var list = outer.ReadList();
        outer.ExpectEnd();
        if (type == TransactionType.Blob && list.NextIsList)
        {
            return new TransactionError(TransactionErrorCode.BlobSidecarUnsupported);
        }
        var chainId = list.ReadUInt64();
        var nonce = list.ReadUInt64();
        var priorityFee = list.ReadUInt256();
        var maxFee = type == TransactionType.AccessList ? priorityFee : list.ReadUInt256();
        var gasLimit = list.ReadUInt64();
        var to = list.ReadOptionalAddress();
        var value = list.ReadUInt256();
        var data = ReadMemory(ref list, bytes);
        var accessList = AccessListEntry.DecodeList(ref list);
        var blobFee = type == TransactionType.Blob ? list.ReadUInt256() : default;
        var blobHashes = type == TransactionType.Blob ? ReadHashes(ref list) : [];
        var authorizations = type == TransactionType.SetCode ? Authorization.DecodeList(ref list) : [];
        var yParity = list.ReadUInt256();
        var r = list.ReadUInt256();
        var s = list.ReadUInt256();
        list.ExpectEnd();
        if (to is null && type >= TransactionType.Blob)
        {
            return new TransactionError(TransactionErrorCode.CreationNotAllowed, (ulong)type);
        }
        if (yParity > UInt256.One)
        {
            return new TransactionError(TransactionErrorCode.InvalidYParity, yParity);
        }
        transaction = new Transaction
        {
            Type = type, ChainId = chainId, Nonce = nonce, MaxPriorityFeePerGas = priorityFee, MaxFeePerGas = maxFee, GasLimit = gasLimit,
            To = to, Value = value, Data = data, AccessList = accessList, MaxFeePerBlobGas = blobFee, BlobVersionedHashes = blobHashes,
            AuthorizationList = authorizations, YParity = (byte)yParity.U0, R = r, S = s, _encoded = bytes,
        };
        return CheckSignatureRange(in r, in s);
    }

    /// <summary>EIP-155: v is 27 or 28 without a chain, else 35 + 2 · chain + parity.</summary>
    private static bool TrySplitV(in UInt256 v, out byte yParity, out ulong? chainId)
    {
        chainId = null;
        yParity = 0;
        if (v == 27 || v == 28)
        {
            yParity = (byte)(v.U0 - 27);
            return true;
        }
        if (v < 35)
        {
            return false;
        }
        var rest = v - 35;
        var chain = rest >> 1;
        yParity = (byte)(rest.U0 & 1);
        chainId = chain.U0;
        return chain.FitsUInt64;
    }

    private static TransactionError CheckSignatureRange(in UInt256 r, in UInt256 s) =>
        r.IsZero || s.IsZero || r >= Secp256k1.Order || s >= Secp256k1.Order
            ? new TransactionError(TransactionErrorCode.InvalidSignature)
            : default;

    private static ReadOnlyMemory<byte> ReadMemory(ref RlpReader reader, byte[] bytes)
    {
        var span = reader.ReadBytes();
        if (span.IsEmpty)
        {
            return default;
        }
        bytes.AsSpan().Overlaps(span, out var offset);
        return bytes.AsMemory(offset, span.Length);
    }

    private static Hash256[] ReadHashes(ref RlpReader reader)
    {
        var list = reader.ReadList();
        var hashes = new Hash256[list.CountItems()];
        for (var i = 0; i < hashes.Length; i++)
        {
            hashes[i] = list.ReadHash256();
        }
        return hashes;
    }

    private void WritePayload(RlpWriter writer, bool withSignature)
    {
        if (Type == TransactionType.Legacy)
        {
            WriteLegacy(writer, withSignature);
            return;
        }
        writer.WriteRaw([(byte)Type]);
        var list = writer.BeginList();
        writer.WriteUInt64(ChainId ?? 0);
        writer.WriteUInt64(Nonce);
        writer.WriteUInt256(MaxPriorityFeePerGas);
        if (Type != TransactionType.AccessList)
        {
            writer.WriteUInt256(MaxFeePerGas);
        }
        WriteCommon(writer);
        AccessListEntry.EncodeList(writer, AccessList);
        if (Type == TransactionType.Blob)
        {
            writer.WriteUInt256(MaxFeePerBlobGas);
            var hashes = writer.BeginList();
            foreach (ref readonly var hash in BlobVersionedHashes.AsSpan())
            {
                writer.WriteHash256(in hash);
            }
            writer.EndList(hashes);
        }
        if (Type == TransactionType.SetCode)
        {
            Authorization.EncodeList(writer, AuthorizationList);
        }
        if (withSignature)
        {
            writer.WriteUInt64(YParity);
            writer.WriteUInt256(R);
            writer.WriteUInt256(S);
        }
        writer.EndList(list);
    }

    private void WriteLegacy(RlpWriter writer, bool withSignature)
    {
        var list = writer.BeginList();
        writer.WriteUInt64(Nonce);
        writer.WriteUInt256(MaxFeePerGas);
        WriteCommon(writer);
        if (withSignature)
        {
            UInt256 v = ChainId is { } chain ? ((UInt256)chain << 1) + (UInt256)(35UL + YParity) : 27UL + YParity;
            writer.WriteUInt256(in v);
            writer.WriteUInt256(R);
            writer.WriteUInt256(S);
        }
        else if (ChainId is { } chain)
        {
            writer.WriteUInt64(chain);
            writer.WriteUInt64(0);
            writer.WriteUInt64(0);
        }
        writer.EndList(list);
    }

    private void WriteCommon(RlpWriter writer)
    {
        writer.WriteUInt64(GasLimit);
        writer.WriteOptionalAddress(To);
        writer.WriteUInt256(Value);
        writer.WriteBytes(Data.Span);
    }
}

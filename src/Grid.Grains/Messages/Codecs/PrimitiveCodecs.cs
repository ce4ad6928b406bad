using Grid.Primitives;
using Grid.State;

namespace Grid.Grains.Messages.Codecs;

// How the types of lower floors, which know nothing of Orleans, travel between silos. Inside a silo they are passed as they are.

[GenerateSerializer, Immutable, Alias("Grid.AddressSurrogate")]
public struct AddressSurrogate
{
    [Id(0)] public byte[] Bytes;
}

[RegisterConverter]
public sealed class AddressConverter : IConverter<Address, AddressSurrogate>
{
    public Address ConvertFromSurrogate(in AddressSurrogate surrogate) => new(surrogate.Bytes);

    public AddressSurrogate ConvertToSurrogate(in Address value) => new() { Bytes = value.ToArray() };
}

[GenerateSerializer, Immutable, Alias("Grid.Hash256Surrogate")]
public struct Hash256Surrogate
{
    [Id(0)] public byte[] Bytes;
}

[RegisterConverter]
public sealed class Hash256Converter : IConverter<Hash256, Hash256Surrogate>
{
    public Hash256 ConvertFromSurrogate(in Hash256Surrogate surrogate) => new(surrogate.Bytes);

    public Hash256Surrogate ConvertToSurrogate(in Hash256 value) => new() { Bytes = value.ToArray() };
}

[GenerateSerializer, Immutable, Alias("Grid.UInt256Surrogate")]
public struct UInt256Surrogate
{
    [Id(0)] public ulong U0;
    [Id(1)] public ulong U1;
    [Id(2)] public ulong U2;
    [Id(3)] public ulong U3;
}

[RegisterConverter]
public sealed class UInt256Converter : IConverter<UInt256, UInt256Surrogate>
{
    public UInt256 ConvertFromSurrogate(in UInt256Surrogate surrogate) => new(surrogate.U0, surrogate.U1, surrogate.U2, surrogate.U3);

    public UInt256Surrogate ConvertToSurrogate(in UInt256 value) => new() { U0 = value.U0, U1 = value.U1, U2 = value.U2, U3 = value.U3 };
}

[GenerateSerializer, Immutable, Alias("Grid.BytecodeSurrogate")]
public struct BytecodeSurrogate
{
    [Id(0)] public byte[] Bytes;
    [Id(1)] public Hash256 Hash;
}

[RegisterConverter]
public sealed class BytecodeConverter : IConverter<Bytecode, BytecodeSurrogate>
{
    public Bytecode ConvertFromSurrogate(in BytecodeSurrogate surrogate) => new(surrogate.Bytes, surrogate.Hash);

    public BytecodeSurrogate ConvertToSurrogate(in Bytecode value) => new() { Bytes = value.Bytes, Hash = value.Hash };
}

[GenerateSerializer, Immutable, Alias("Grid.LogSurrogate")]
public struct LogSurrogate
{
    [Id(0)] public Address Address;
    [Id(1)] public Hash256[] Topics;
    [Id(2)] public byte[] Data;
}

[RegisterConverter]
public sealed class LogConverter : IConverter<Log, LogSurrogate>
{
    public Log ConvertFromSurrogate(in LogSurrogate surrogate) => new(surrogate.Address, surrogate.Topics, surrogate.Data);

    public LogSurrogate ConvertToSurrogate(in Log value) => new() { Address = value.Address, Topics = value.Topics, Data = value.Data };
}

[GenerateSerializer, Immutable, Alias("Grid.AccountRecordSurrogate")]
public struct AccountRecordSurrogate
{
    [Id(0)] public byte[] Rlp;
}

[RegisterConverter]
public sealed class AccountRecordConverter : IConverter<AccountRecord, AccountRecordSurrogate>
{
    public AccountRecord ConvertFromSurrogate(in AccountRecordSurrogate surrogate) => AccountRecord.DecodeRlp(surrogate.Rlp);

    public AccountRecordSurrogate ConvertToSurrogate(in AccountRecord value) => new() { Rlp = value.ToRlp() };
}

[GenerateSerializer, Immutable, Alias("Grid.SliceRootSurrogate")]
public struct SliceRootSurrogate
{
    [Id(0)] public byte[] Encoded;
}

[RegisterConverter]
public sealed class SliceRootConverter : IConverter<SliceRoot, SliceRootSurrogate>
{
    public SliceRoot ConvertFromSurrogate(in SliceRootSurrogate surrogate) => SliceRoot.Decode(surrogate.Encoded);

    public SliceRootSurrogate ConvertToSurrogate(in SliceRoot value) => new() { Encoded = value.Encode() };
}

[GenerateSerializer, Immutable, Alias("Grid.SlotChangeSurrogate")]
public struct SlotChangeSurrogate
{
    [Id(0)] public UInt256 Slot;
    [Id(1)] public UInt256 Before;
    [Id(2)] public UInt256 After;
}

[RegisterConverter]
public sealed class SlotChangeConverter : IConverter<SlotChange, SlotChangeSurrogate>
{
    public SlotChange ConvertFromSurrogate(in SlotChangeSurrogate surrogate) => new(surrogate.Slot, surrogate.Before, surrogate.After);

    public SlotChangeSurrogate ConvertToSurrogate(in SlotChange value) => new() { Slot = value.Slot, Before = value.Before, After = value.After };
}

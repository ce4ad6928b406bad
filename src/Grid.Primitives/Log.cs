namespace Grid.Primitives;

/// <summary>What a contract logged (Yellow Paper, section 4.3.1): zero to four topics and any bytes. Immutable.</summary>
public sealed class Log(Address address, Hash256[] topics, byte[] data)
{
    public Address Address { get; } = address;

    public Hash256[] Topics { get; } = topics;

    public byte[] Data { get; } = data;
}

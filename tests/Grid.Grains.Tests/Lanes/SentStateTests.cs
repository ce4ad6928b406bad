using Grid.Grains.Lanes.Guests;
using Grid.Grains.Messages;
using Grid.Primitives;
using Grid.State;

namespace Grid.Grains.Tests.Lanes;

/// <summary>State that goes with batches to another silo, as bytes.</summary>
public sealed class SentStateTests
{
    private static readonly SentState State = new(
        [
            (Address.FromNumber(1), null),
            (Address.FromNumber(2), AccountRecord.Empty with { Nonce = 7, Balance = UInt256.MaxValue }),
            (Address.FromNumber(3), new AccountRecord(1, UInt256.Zero, Hash256.FromWord(5), Hash256.FromWord(6))),
        ],
        [(new SlotKey(Address.FromNumber(3), UInt256.MaxValue), 9), (new SlotKey(Address.FromNumber(3), 0), UInt256.Zero)],
        [new SlotKey(Address.FromNumber(4), 11)]);

    [Fact]
    public void What_is_decoded_is_what_was_encoded()
    {
        var reader = new CompactReader(Encode());
        var decoded = SentState.Decode(ref reader);
        Assert.True(reader.IsAtEnd);
        Assert.Equal(State.Accounts, decoded.Accounts);
        Assert.Equal(State.Slots, decoded.Slots);
        Assert.Equal(State.Wanted, decoded.Wanted);
    }

    [Fact]
    public void No_part_of_it_is_taken_for_the_whole()
    {
        var encoded = Encode();
        for (var length = 0; length < encoded.Length; length++)
        {
            var part = encoded[..length];
            Assert.ThrowsAny<FormatException>(() =>
            {
                var reader = new CompactReader(part);
                SentState.Decode(ref reader);
            });
        }
    }

    private static byte[] Encode()
    {
        using var writer = new CompactWriter(State.BytesExpected);
        State.Encode(writer);
        return writer.Written.ToArray();
    }
}

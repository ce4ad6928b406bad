using CsCheck;
using Grid.Primitives;

namespace Grid.Crypto.Tests;

public class Keccak256BatchTests
{
    private static (byte[] Buffer, MessageRange[] Messages) Arena(byte[][] messages)
    {
        var ranges = new MessageRange[messages.Length];
        var offset = 0;
        for (var i = 0; i < messages.Length; i++)
        {
            ranges[i] = new MessageRange(offset, messages[i].Length);
            offset += messages[i].Length;
        }
        return (messages.SelectMany(m => m).ToArray(), ranges);
    }

    [Fact]
    public void Messages_of_any_lengths_in_one_buffer_agree_with_the_reference() =>
        Gen.Byte.Array[0, 1000].Array[0, 40].Sample(messages =>
        {
            var (buffer, ranges) = Arena(messages);
            var hashes = new Hash256[messages.Length];
            Keccak256Batch.Hash(buffer, ranges, hashes);
            return hashes.SequenceEqual(messages.Select(m => Keccak256Tests.Reference(m)));
        }, iter: 200);

    [Fact]
    public void Every_length_around_the_block_limits_agrees()
    {
        var random = new Random(11);
        var messages = Enumerable.Range(0, 545).Select(length => { var m = new byte[length]; random.NextBytes(m); return m; }).ToArray();
        var (buffer, ranges) = Arena(messages);
        var hashes = new Hash256[messages.Length];
        Keccak256Batch.Hash(buffer, ranges, hashes);
        Assert.Equal(messages.Select(m => Keccak256Tests.Reference(m)), hashes);
    }

    [Fact]
    public void Messages_may_overlap_and_repeat()
    {
        byte[] buffer = [1, 2, 3, 4, 5];
        MessageRange[] ranges = [new(0, 5), new(1, 3), new(0, 5), new(5, 0), new(4, 1)];
        var hashes = new Hash256[5];
        Keccak256Batch.Hash(buffer, ranges, hashes);
        Assert.Equal(ranges.Select(r => Keccak256Tests.Reference(buffer.AsSpan(r.Offset, r.Length))), hashes);
    }

    [Fact]
    public void Addresses_and_words_of_every_batch_size_agree()
    {
        var random = new Random(13);
        for (var count = 0; count <= 35; count++)
        {
            var bytes = new byte[count * 32];
            random.NextBytes(bytes);
            var values = Enumerable.Range(0, count).Select(i => new Hash256(bytes.AsSpan(i * 32, 32))).ToArray();
            var words = values.Select(v => v.ToWord()).ToArray();
            var addresses = values.Select(v => new Address(v.Span[..20])).ToArray();
            var ofValues = new Hash256[count + 1];
            var ofWords = new Hash256[count + 1];
            var ofAddresses = new Hash256[count + 1];
            Keccak256Batch.Hash32(values, ofValues);
            Keccak256Batch.Hash32(words, ofWords);
            Keccak256Batch.Hash20(addresses, ofAddresses);
            Assert.Equal(values.Select(v => Keccak256Tests.Reference(v.Span)).Append(default), ofValues);
            Assert.Equal(ofValues, ofWords);
            Assert.Equal(addresses.Select(a => Keccak256Tests.Reference(a.Span)).Append(default), ofAddresses);
        }
    }

    [Fact]
    public void Messages_outside_of_the_buffer_and_short_destinations_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Keccak256Batch.Hash20(new Address[3], new Hash256[2]));
        Assert.Throws<ArgumentException>(() => Keccak256Batch.Hash(new byte[9], [new(0, 1), new(0, 2)], new Hash256[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Keccak256Batch.Hash(new byte[9], [new(0, 1), new(5, 5)], new Hash256[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Keccak256Batch.Hash(new byte[9], [new(0, 1), new(-1, 5)], new Hash256[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Keccak256Batch.Hash(new byte[9], [new(0, 10)], new Hash256[2]));
    }
}

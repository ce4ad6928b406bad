using Grid.Primitives;

namespace Grid.Crypto.Tests;

public class KzgTests
{
    private static readonly string[] Vectors = ReadVectors();

    private static string[] ReadVectors()
    {
        using var reader = new StreamReader(typeof(KzgTests).Assembly.GetManifestResourceStream("verify_kzg_proof.txt")!);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)];
    }

    [Fact]
    public void Vectors_of_the_consensus_specifications()
    {
        var answers = new HashSet<string>();
        for (var i = 0; i < Vectors.Length; i++)
        {
            var words = Vectors[i].Split(' ');
            byte[] commitment = Convert.FromHexString(words[0]), z = Convert.FromHexString(words[1]), y = Convert.FromHexString(words[2]),
                proof = Convert.FromHexString(words[3]);
            answers.Add(words[4]);
            if ((commitment.Length, proof.Length, z.Length, y.Length) != (Kzg.PointLength, Kzg.PointLength, Kzg.ElementLength, Kzg.ElementLength))
            {
                Assert.Equal("-", words[4]);
                Assert.Throws<ArgumentException>(() => Kzg.VerifyProof(commitment, z, y, proof));
                continue;
            }
            Assert.Equal((i, words[4] == "true"), (i, Kzg.VerifyProof(commitment, z, y, proof)));
        }
        Assert.Equal(3, answers.Count);
    }

    [Fact]
    public void The_hash_of_a_commitment_begins_with_its_version()
    {
        var hash = Kzg.VersionedHash(new byte[Kzg.PointLength]);
        var sha = System.Security.Cryptography.SHA256.HashData(new byte[Kzg.PointLength]);
        Assert.Equal(1, hash.Span[0]);
        Assert.Equal(sha[1..], hash.Span[1..].ToArray());
    }

    /// <summary>The constant polynomial 5 is 5 everywhere: its commitment is 5 G1, the proof infinity.</summary>
    [Fact]
    public void Infinity_is_encoded_in_one_way_only()
    {
        byte[] infinity = [0xc0, .. new byte[47]], zero = new byte[32];
        Assert.True(Kzg.VerifyProof(infinity, zero, zero, infinity));
        foreach (var (index, value) in new[] { (0, (byte)0xe0), (0, (byte)0x40), (0, (byte)0x80), (0, (byte)0xc1), (47, (byte)1) })
        {
            var other = (byte[])infinity.Clone();
            other[index] = value;
            Assert.False(Kzg.VerifyProof(other, zero, zero, infinity));
            Assert.False(Kzg.VerifyProof(infinity, zero, zero, other));
        }
        Assert.False(Kzg.VerifyProof(infinity, Kzg.BlsModulus.ToBigEndian(), zero, infinity));
        Assert.False(Kzg.VerifyProof(infinity, zero, Kzg.BlsModulus.ToBigEndian(), infinity));
        Assert.True(Kzg.VerifyProof(infinity, (Kzg.BlsModulus - UInt256.One).ToBigEndian(), zero, infinity));
    }
}

using System.Buffers.Binary;

namespace Grid.Node.Bench.Precompiles;

/// <summary>SHA-256, RIPEMD-160, the identity and BLAKE2F. The hashes are those of Python's hashlib, the states of EIP-152's pseudocode.</summary>
internal static class HashCases
{
    private static readonly (int Length, string Sha256, string Ripemd160)[] Hashes =
    [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "9c1185a5c5e9fc54612808977ee8f548b2258d31"),
        (64, "fdeab9acf3710362bd2658cdc9a29e8f9c757fcf9811603a8c447cd1d9151108", "2581f5e9f957b44b0fa24d31996de47409dd1e0f"),
        (1_024, "785b0751fc2c53dc14a4ce3d800e69ef9ce1009eb327ccf458afe09c242c26c9", "29ea7f13cac242905ae2dc1a36d5985815b30356"),
        (262_144, "2312394bd99545d9de131c24efb781e765ac1aec243f2ed9347597a793a415e9", "f0f37df55da9e4dc9228108da3089240e5b9be46"),
    ];

    /// <summary>After so many rounds on words of <see cref="PrecompileCases.Counting"/>. A single round costs less than the call that asks for it.</summary>
    private static readonly (uint Rounds, string State)[] Blake2F =
    [
        (12, "c890d157fbe6ccb69657e84c90e82a5141c3e4a2fdee908fa428437471b146cc1399783a9a2ffda89146409deb8e15594388c89ba8b90a25dbc7c416c550dc95"),
        (1_000, "20c38e9edee5d7f573c04f38eb5b949c6f44a70fc6e67b060574d0e417c2ae874639fc2c1a5481f54a3af581ed751921270584670eafd2f3907445b89ceba851"),
        (100_000, "3b8485e82e2ec76ff34607ec1c50d1fa03ea1417e3b9ef2433e28d9ad46d01a46b7d4a89d1e3a6ab3d2cbabc1f748df441cef7ce1f97acb7b727b4f6dc5c5a66"),
    ];

    public static IEnumerable<PrecompileCase> All()
    {
        foreach (var (length, sha256, ripemd160) in Hashes)
        {
            var input = PrecompileCases.Counting(length);
            yield return new($"sha256/{length}", 0x02, input, Convert.FromHexString(sha256));
            yield return new($"ripemd160/{length}", 0x03, input, [.. new byte[12], .. Convert.FromHexString(ripemd160)]);
            yield return new($"identity/{length}", 0x04, input, input);
        }
        foreach (var (rounds, state) in Blake2F)
        {
            var input = new byte[213];
            BinaryPrimitives.WriteUInt32BigEndian(input, rounds);
            PrecompileCases.Counting(208).CopyTo(input, 4);
            // The counter's 16 bytes are the last that count.
            input[212] = 1;
            yield return new($"blake2f/{rounds}", 0x09, input, Convert.FromHexString(state));
        }
    }
}

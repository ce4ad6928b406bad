using System.Security.Cryptography;
using System.Text.Json;
using Grid.Evm;
using Grid.Primitives;

namespace Grid.Node.Fixtures;

/// <summary>
/// KZG proof vectors (consensus-specs): commitment, z, y and proof, and whether the proof holds, or null where the input is malformed. They go to the
/// point evaluation precompile (EIP-4844), which a contract calls with the commitment's versioned hash; it refuses false and malformed ones alike.
/// </summary>
public sealed class KzgTestFormat : IWholeFileFormat
{
    private const byte VersionedHashVersion = 1;

    private static readonly Address PointEvaluation = Address.FromNumber(0x0a);

    /// <summary>The number of field elements in a blob, and the field's modulus, which the precompile gives back.</summary>
    private const string Accepted =
        "0x000000000000000000000000000000000000000000000000000000000000100073eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001";

    public bool Recognizes(string path, JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty("output", out _)
        && root.TryGetProperty("input", out var input) && input.ValueKind == JsonValueKind.Object && input.TryGetProperty("commitment", out _);

    public IEnumerable<FixtureCase> Cases(string path, JsonElement root)
    {
        // All files have one name; the folder tells the case.
        var name = Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path))) ?? "";
        yield return new FixtureCase(name, "", () => Run(root.Field("input"), root.Field("output")));
    }

    private static CaseOutcome Run(JsonElement input, JsonElement output)
    {
        var commitment = input.Field("commitment").Bytes();
        var versionedHash = SHA256.HashData(commitment);
        versionedHash[0] = VersionedHashVersion;
        byte[] data = [.. versionedHash, .. input.Field("z").Bytes(), .. input.Field("y").Bytes(), .. commitment, .. input.Field("proof").Bytes()];
        var call = ContractRun.CallThrough(Fork.Osaka, in PointEvaluation, data, ContractRun.GasMax);
        if (output.ValueKind == JsonValueKind.True)
        {
            return call.Halt == Halt.Return && Hex.Encode(call.Output) == Accepted
                ? CaseOutcome.Passed
                : CaseOutcome.Failed($"the proof holds, and is refused ({call.Halt})");
        }
        return call.Halt == Halt.PrecompileFailure ? CaseOutcome.Passed : CaseOutcome.Failed($"the proof doesn't hold, and is accepted ({call.Halt})");
    }
}

using System.Text.Json;
using Grid.Chain;
using Grid.Evm;

namespace Grid.Node.Fixtures;

/// <summary>Reads a fixture's `config.blobSchedule` (EIP-7840).</summary>
public static class BlobScheduleReader
{
    /// <summary>Null where there is none.</summary>
    public static Dictionary<Fork, BlobParameters>? Read(JsonElement? config)
    {
        if (config?.OptionalField("blobSchedule") is not { } schedule)
        {
            return null;
        }
        var parameters = new Dictionary<Fork, BlobParameters>();
        foreach (var entry in schedule.Members())
        {
            if (ForkNames.TryParse(entry.Name, out var fork))
            {
                parameters[fork] = new BlobParameters(
                    entry.Value.Field("target").Number(), entry.Value.Field("max").Number(), entry.Value.Field("baseFeeUpdateFraction").Number());
            }
        }
        return parameters;
    }
}

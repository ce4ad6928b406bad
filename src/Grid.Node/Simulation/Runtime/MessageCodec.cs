using Grid.Grains.Coordinator;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Grid.Node.Simulation.Runtime;

/// <summary>Orleans' own encoding of messages: what travels between simulated silos is what would travel between real ones.</summary>
/// <remarks>Safe because Orleans' serializer takes calls from any thread.</remarks>
internal static class MessageCodec
{
    private static readonly Serializer Serializer = new ServiceCollection()
        .AddSerializer(serializer => serializer.AddAssembly(typeof(IBlockCoordinatorGrain).Assembly))
        .BuildServiceProvider()
        .GetRequiredService<Serializer>();

    public static byte[] Encode<T>(T message) => Serializer.SerializeToArray(message);

    public static T Decode<T>(byte[] encoded) => Serializer.Deserialize<T>(encoded)!;
}

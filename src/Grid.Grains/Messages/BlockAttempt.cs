namespace Grid.Grains.Messages;

/// <summary>
/// One try to make a block. Two tries never have the same name: the fencing number is the coordinator's alone, and it counts
/// its tries.
/// </summary>
/// <param name="Number">The height of the block.</param>
/// <param name="FencingNumber">The coordinator's.</param>
/// <param name="Sequence">The coordinator's count of tries.</param>
[GenerateSerializer, Immutable, Alias("Grid.BlockAttempt")]
public readonly record struct BlockAttempt([property: Id(0)] ulong Number, [property: Id(1)] ulong FencingNumber, [property: Id(2)] ulong Sequence);

namespace Grid.Node.Fuzz.Input;

/// <summary>A property of an input that doesn't hold, as that what decodes encodes to the same bytes.</summary>
internal sealed class PropertyException(string message) : Exception(message);

/// <summary>A reader of input from outside.</summary>
/// <param name="Name">As a finding and --target call it.</param>
/// <param name="Seed">Makes an input that is right, or nearly.</param>
/// <param name="Run">Reads an input, and checks what must hold of what it read.</param>
/// <param name="Allowed">Exceptions that say that an input isn't right; any other is a finding.</param>
internal sealed record InputTarget(string Name, InputKind Kind, Func<Dice, byte[]> Seed, Action<byte[]> Run, params Type[] Allowed)
{
    /// <summary>Bytes that reading an input may allocate, whatever its length.</summary>
    public long AllocatedBytesMax { get; init; } = 16 << 20;

    /// <summary>And so many more for each byte of it.</summary>
    public long AllocatedBytesPerByte { get; init; } = 512;

    /// <summary>Whether files of the fixtures folder are seeds, by their name; null for none.</summary>
    public Predicate<string>? TakesFixture { get; init; }

    public bool Allows(Exception exception) => Array.Exists(Allowed, type => type.IsInstanceOfType(exception));
}

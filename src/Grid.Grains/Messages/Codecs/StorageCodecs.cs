using Grid.Storage;

namespace Grid.Grains.Messages.Codecs;

/// <summary>What failed, in words and by kind: the exception within it stays on the silo that it happened on, whose log has it.</summary>
[GenerateSerializer, Immutable, Alias("Grid.StorageExceptionSurrogate")]
public struct StorageExceptionSurrogate
{
    [Id(0)] public byte Error;
    [Id(1)] public string Detail;
}

[RegisterConverter]
public sealed class StorageExceptionConverter : IConverter<StorageException, StorageExceptionSurrogate>
{
    public StorageException ConvertFromSurrogate(in StorageExceptionSurrogate surrogate) => new((StorageError)surrogate.Error, surrogate.Detail);

    public StorageExceptionSurrogate ConvertToSurrogate(in StorageException value) => new() { Error = (byte)value.Error, Detail = value.Detail };
}

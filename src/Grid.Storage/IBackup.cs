namespace Grid.Storage;

/// <summary>Storage that can be copied while it is in use.</summary>
public interface IBackup
{
    /// <summary>
    /// Writes the whole of it, as it is at one moment, as one archive with checksums (see <see cref="BackupArchive"/>). One at a time; writers aren't
    /// kept waiting but for the moment in which what is in memory is written out.
    /// </summary>
    /// <exception cref="StorageException">Unavailable: another backup is being made, or the storage can't be read or written now.</exception>
    Task BackUpAsync(Stream output, CancellationToken cancellation);
}

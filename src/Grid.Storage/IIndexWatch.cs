namespace Grid.Storage;

/// <summary>
/// Told before and after what follows from blocks is written behind the answers of a data folder or a database, or when a folder is opened: nobody who calls the journal waits for that write,
/// so nobody around it can be told. For crash tests. Called by whoever writes, one at a time.
/// </summary>
public interface IIndexWatch
{
    /// <summary>It is about to be written. What this throws leaves it out for now.</summary>
    /// <param name="number">The last of the blocks.</param>
    /// <exception cref="StorageException">A test has it fail.</exception>
    void Writing(ulong number);

    /// <summary>It is durable, and who writes it doesn't know.</summary>
    /// <inheritdoc cref="Writing"/>
    void Written(ulong number);
}

namespace Grid.Grains;

/// <summary>
/// Where work runs that has no place in a grain's turn, or that several grains wait for: the process's thread pool. A simulation of the protocol
/// gives a scheduler of its own.
/// </summary>
/// <remarks>Safe because it has no state.</remarks>
public sealed class BackgroundWork(TaskScheduler scheduler)
{
    public static readonly BackgroundWork OnThreadPool = new(TaskScheduler.Default);

    public Task Run(Action work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);

    public Task<T> Run<T>(Func<T> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);

    public Task<T> Run<T>(Func<Task<T>> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler).Unwrap();
}

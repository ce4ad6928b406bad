using System.Collections.Concurrent;
using System.Reflection;
using Orleans.Concurrency;

namespace Grid.Node.Simulation.Runtime;

/// <summary>A method of a grain's interface: how it is called, and how its answer is handed over.</summary>
/// <remarks>Safe because shapes are immutable and kept in a concurrent table, bounded by the interfaces' methods; histories on several threads share it.</remarks>
internal sealed class CallShape
{
    private static readonly ConcurrentDictionary<MethodInfo, CallShape> Shapes = new();

    private readonly MethodInfo _method;
    private readonly Func<ICallPromise> _newPromise;

    private CallShape(MethodInfo method)
    {
        _method = method;
        IsOneWay = method.GetCustomAttribute<OneWayAttribute>() is not null;
        IsAlwaysInterleave = method.GetCustomAttribute<AlwaysInterleaveAttribute>() is not null;
        Name = $"{method.DeclaringType!.Name[1..]}.{method.Name}";
        var promise = method.ReturnType == typeof(Task) ? typeof(VoidPromise) : typeof(CallPromise<>).MakeGenericType(method.ReturnType.GetGenericArguments());
        _newPromise = () => (ICallPromise)Activator.CreateInstance(promise)!;
    }

    public string Name { get; }

    public bool IsOneWay { get; }

    public bool IsAlwaysInterleave { get; }

    public static CallShape Of(MethodInfo method) => Shapes.GetOrAdd(method, static key => new CallShape(key));

    public ICallPromise NewPromise() => _newPromise();

    /// <summary>Calls the method in a turn; gives the answer's value, null where there is none.</summary>
    public async Task<object?> InvokeAsync(object grain, object?[] arguments)
    {
        var task = (Task)_method.Invoke(grain, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
        await task;
        return _newPromise().ResultOf(task);
    }
}

/// <summary>What a caller waits for.</summary>
internal interface ICallPromise
{
    Task Task { get; }

    void SetResult(object? result);

    void SetException(Exception error);

    object? ResultOf(Task task);
}

internal sealed class VoidPromise : ICallPromise
{
    private readonly TaskCompletionSource _source = new();

    public Task Task => _source.Task;

    public void SetResult(object? result) => _source.TrySetResult();

    public void SetException(Exception error) => _source.TrySetException(error);

    public object? ResultOf(Task task) => null;
}

internal sealed class CallPromise<T> : ICallPromise
{
    private readonly TaskCompletionSource<T> _source = new();

    public Task Task => _source.Task;

    public void SetResult(object? result) => _source.TrySetResult((T)result!);

    public void SetException(Exception error) => _source.TrySetException(error);

    public object? ResultOf(Task task) => ((Task<T>)task).Result;
}

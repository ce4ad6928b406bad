using System.Reflection;
using Orleans.Runtime;
using Orleans.Timers;

namespace Grid.Node.Simulation.Runtime;

/// <summary>
/// One activation of a grain: its requests run in turns, one request after the other unless grain or method say that they interleave, as Orleans does it.
/// </summary>
internal sealed class SimulatedActivation : IGrainContext
{
    /// <summary>Orleans waits this long for the requests of an activation that ends.</summary>
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(30);

    /// <summary>Sets what grains' constructors take their context from: Orleans has no public way.</summary>
    private static readonly Action<IGrainContext?> SetCurrent = typeof(IGrainContext).Assembly.GetType("Orleans.Runtime.RuntimeContext")!
        .GetMethod("ResetExecutionContext", BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)!.CreateDelegate<Action<IGrainContext?>>();

    private readonly SimulatedSilo _silo;
    private readonly GrainClass _class;
    private readonly WorkQueue _queue;
    private readonly List<GrainRequest> _waiting = [];
    private readonly List<GrainTimer> _timers = [];
    private readonly TaskCompletionSource _deactivated = new();
    private Grain? _grain;
    private int _running, _blocking;
    private State _state = State.Activating;

    private enum State
    {
        Activating,
        Active,
        Ending,
        Ended,
    }

    public SimulatedActivation(SimulatedSilo silo, GrainId grain, GrainClass type)
    {
        (_silo, GrainId, _class) = (silo, grain, type);
        _queue = silo.NewQueue(inOrder: true);
        Start(ActivateAsync);
    }

    public GrainId GrainId { get; }

    public SimulatedSilo Silo => _silo;

    public bool HasEnded => _state is State.Ended;

    public void Receive(GrainRequest request)
    {
        if (_state == State.Ended)
        {
            SendOn(request);
            return;
        }
        _waiting.Add(request);
        Pump();
    }

    /// <summary>Ends once what runs has ended; what waits is sent on to the next activation.</summary>
    public void EndWhenIdle()
    {
        if (_state is State.Ending or State.Ended)
        {
            return;
        }
        _state = State.Ending;
        _silo.World.Trace($"{_silo.Name} {GrainId}: ends");
        foreach (var timer in _timers)
        {
            timer.Dispose();
        }
        _silo.World.Clock.Plan(EndPatience, () =>
        {
            if (_state == State.Ending && _silo.IsRunning)
            {
                End();
            }
        });
        Pump();
    }

    private void Start(Func<Task> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _queue);

    private async Task ActivateAsync()
    {
        try
        {
            SetCurrent(this);
            try
            {
                _grain = _class.New(_silo.Services);
            }
            finally
            {
                SetCurrent(null);
            }
            await _grain.OnActivateAsync(CancellationToken.None);
        }
        catch (Exception error) // a boundary: whoever waits for the activation is told
        {
            _silo.World.Trace($"{_silo.Name} {GrainId}: can't begin, {error.GetType().Name} {error.Message}");
            _state = State.Ended;
            _silo.Forget(this);
            foreach (var request in TakeWaiting())
            {
                request.Answer(_silo, null, error);
            }
            return;
        }
        if (_state == State.Activating)
        {
            _state = State.Active;
        }
        Pump();
    }

    private void Pump()
    {
        for (var i = 0; _state == State.Active && i < _waiting.Count;)
        {
            var request = _waiting[i];
            if (_class.IsReentrant || request.Interleaves || _blocking == 0)
            {
                _waiting.RemoveAt(i);
                _running++;
                _blocking += request.Interleaves ? 0 : 1;
                Start(() => RunAsync(request));
            }
            else
            {
                i++;
            }
        }
        if (_state == State.Ending && _running == 0 && _grain is not null)
        {
            End();
        }
    }

    private async Task RunAsync(GrainRequest request)
    {
        object? result = null;
        Exception? failed = null;
        try
        {
            result = await request.InvokeAsync(_grain!, _silo);
        }
        catch (Exception error) // a boundary: it is the caller's
        {
            failed = error;
        }
        _running--;
        _blocking -= request.Interleaves ? 0 : 1;
        request.Answer(_silo, result, failed);
        Pump();
    }

    private void End()
    {
        _state = State.Ended;
        _silo.Forget(this);
        Start(() => _grain!.OnDeactivateAsync(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "simulated"), CancellationToken.None));
        _deactivated.TrySetResult();
        foreach (var request in TakeWaiting())
        {
            SendOn(request);
        }
    }

    private GrainRequest[] TakeWaiting()
    {
        GrainRequest[] taken = [.. _waiting];
        _waiting.Clear();
        return taken;
    }

    private void SendOn(GrainRequest request)
    {
        if (request is GrainCall call)
        {
            _silo.World.Network.Send(call, _silo);
        }
    }

    /// <summary>A timer of the grain.</summary>
    public IGrainTimer NewTimer(Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        var timer = new GrainTimer(this, callback, options.Interleave);
        timer.Change(options.DueTime, options.Period);
        _timers.Add(timer);
        return timer;
    }

    private sealed class GrainTimer(SimulatedActivation activation, Func<CancellationToken, Task> callback, bool interleaves) : IGrainTimer
    {
        private TimeSpan _period;
        private int _generation;

        public void Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            Plan(dueTime);
        }

        public void Dispose() => _generation++;

        private void Plan(TimeSpan due)
        {
            var generation = ++_generation;
            if (due != Timeout.InfiniteTimeSpan && activation._state is State.Activating or State.Active)
            {
                activation._silo.World.Clock.Plan(due, () => Fire(generation));
            }
        }

        private void Fire(int generation)
        {
            if (generation != _generation || activation._silo.IsGone || activation._state is State.Ending or State.Ended)
            {
                return;
            }
            activation.Receive(new TimerTick(interleaves, () => callback(CancellationToken.None), () =>
            {
                // Set anew by the tick itself, it isn't periodic.
                if (generation == _generation)
                {
                    Plan(_period);
                }
            }));
        }
    }

    // What Orleans has beyond that isn't used by Grid's grains.

    public GrainReference GrainReference => throw new NotSupportedException();

    public object? GrainInstance => _grain;

    public ActivationId ActivationId => throw new NotSupportedException();

    public GrainAddress Address => throw new NotSupportedException();

    public IServiceProvider ActivationServices => _silo.Services;

    public IGrainLifecycle ObservableLifecycle => throw new NotSupportedException();

    public IWorkItemScheduler Scheduler => throw new NotSupportedException();

    public Task Deactivated => _deactivated.Task;

    public void SetComponent<TComponent>(TComponent? value)
        where TComponent : class => throw new NotSupportedException();

    public object? GetComponent(Type componentType) => null;

    public object? GetTarget() => _grain;

    public void ReceiveMessage(object message) => throw new NotSupportedException();

    public void Activate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public void Deactivate(DeactivationReason deactivationReason, CancellationToken cancellationToken = default) => EndWhenIdle();

    public void Rehydrate(IRehydrationContext context) => throw new NotSupportedException();

    public void Migrate(Dictionary<string, object>? requestContext, CancellationToken cancellationToken = default) => EndWhenIdle();

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);
}

/// <summary>What Orleans' runtime is for a simulated silo's grains.</summary>
internal sealed class SimulatedGrainRuntime(SimulatedSilo silo, IGrainFactory grains, TimeProvider time, IServiceProvider services) : IGrainRuntime, ITimerRegistry
{
    public string SiloIdentity => silo.Name;

    public SiloAddress SiloAddress => silo.Address;

    public IGrainFactory GrainFactory => grains;

    public ITimerRegistry TimerRegistry => this;

    public IServiceProvider ServiceProvider => services;

    public TimeProvider TimeProvider => time;

    public void DeactivateOnIdle(IGrainContext grainContext) => ((SimulatedActivation)grainContext).EndWhenIdle();

    public void DelayDeactivation(IGrainContext grainContext, TimeSpan timeSpan) => throw new NotSupportedException();

    public Orleans.Core.IStorage<TGrainState> GetStorage<TGrainState>(IGrainContext grainContext) => throw new NotSupportedException();

    [Obsolete("Orleans' own mark.")]
    public IDisposable RegisterTimer(IGrainContext grainContext, Func<object?, Task> callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        throw new NotSupportedException();

    public IGrainTimer RegisterGrainTimer<TState>(
        IGrainContext grainContext, Func<TState, CancellationToken, Task> callback, TState state, GrainTimerCreationOptions options) =>
        ((SimulatedActivation)grainContext).NewTimer(cancellation => callback(state, cancellation), options);
}

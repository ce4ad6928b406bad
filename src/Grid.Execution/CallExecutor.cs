using Grid.Chain;
using Grid.Evm;
using Grid.Primitives;
using Grid.State;

namespace Grid.Execution;

/// <summary>A message without signature, to be asked about: eth_call and eth_estimateGas.</summary>
public sealed record CallRequest
{
    public Address From { get; init; }

    /// <summary>Null creates a contract.</summary>
    public Address? To { get; init; }

    /// <summary>Gas units; null for as much as is allowed.</summary>
    public ulong? Gas { get; init; }

    /// <summary>Wei per gas. Zero is free of charge, whatever the base fee: BASEFEE is zero then, as in geth.</summary>
    public UInt256 MaxFeePerGas { get; init; }

    /// <summary>Wei per gas.</summary>
    public UInt256 MaxPriorityFeePerGas { get; init; }

    /// <summary>Wei.</summary>
    public UInt256 Value { get; init; }

    public ReadOnlyMemory<byte> Data { get; init; }

    public AccessListEntry[] AccessList { get; init; } = [];

    public Authorization[] AuthorizationList { get; init; } = [];

    /// <summary>Wei per blob gas.</summary>
    public UInt256 MaxFeePerBlobGas { get; init; }

    public Hash256[] BlobVersionedHashes { get; init; } = [];
}

/// <summary>What an account is taken to be for one call; null leaves as it is.</summary>
public sealed record AccountOverride(Address Address)
{
    public UInt256? Balance { get; init; }

    public ulong? Nonce { get; init; }

    public Bytecode? Code { get; init; }

    /// <summary>All storage, in place of what there is.</summary>
    public IReadOnlyDictionary<UInt256, UInt256>? State { get; init; }

    /// <summary>Single slots.</summary>
    public IReadOnlyDictionary<UInt256, UInt256>? StateDiff { get; init; }
}

/// <summary>What a call led to.</summary>
public readonly struct CallResult
{
    public required TransactionOutcome Outcome { get; init; }

    /// <summary>Why the call can't be made at all.</summary>
    public TransactionError Error { get; init; }

    public Halt Halt { get; init; }

    /// <summary>Gas units.</summary>
    public ulong GasUsed { get; init; }

    /// <summary>Gas units of the refund that was granted.</summary>
    public ulong GasRefunded { get; init; }

    /// <summary>Return data, or revert data.</summary>
    public ReadOnlyMemory<byte> Output { get; init; }

    /// <summary>What was missing, where the outcome is StateMiss.</summary>
    public IReadOnlyList<StateMiss> Misses { get; init; }

    public bool IsSuccess => Outcome == TransactionOutcome.Executed && Halt.IsSuccess();
}

/// <summary>How an estimate ended.</summary>
public enum EstimateOutcome : byte
{
    /// <summary><see cref="GasEstimate.Gas"/> is enough.</summary>
    Found,

    /// <summary>The call fails for another reason than gas: <see cref="GasEstimate.Call"/>.</summary>
    Fails,

    /// <summary>It needs more than the allowance, which is in <see cref="GasEstimate.Gas"/>.</summary>
    ExceedsAllowance,

    /// <summary>State isn't at hand: the call's misses.</summary>
    StateMiss,
}

/// <param name="Gas">Gas units.</param>
/// <param name="Call">The last call that was tried.</param>
public readonly record struct GasEstimate(EstimateOutcome Outcome, ulong Gas, CallResult Call);

/// <summary>
/// Answers questions about a state: executes messages that leave nothing behind, with the checks relaxed as geth does. One instance
/// serves one question at a time.
/// </summary>
/// <param name="environment">The block that the call would be in.</param>
/// <param name="reader">The state before the call.</param>
/// <param name="gasCap">Gas units that no call may exceed.</param>
public sealed class CallExecutor(BlockEnvironment environment, IStateReader reader, ulong gasCap)
{
    /// <summary>geth: an estimate within 1.5 % of the least gas that is enough is good enough.</summary>
    private const double EstimateErrorRatio = 0.015;

    private const ulong CallStipend = 2_300;

    private readonly TransactionWorld _world = new(reader, environment.Fork);

    public CallResult Call(CallRequest request, IReadOnlyList<AccountOverride>? overrides = null, ITracer? tracer = null)
    {
        var gas = Math.Min(request.Gas ?? gasCap, gasCap);
        _world.Reset(reader, environment.Fork);
        return Execute(request, gas, overrides, tracer);
    }

    /// <summary>The least gas limit with which the call succeeds, as geth finds it: by bisection, from the gas that a generous run used.</summary>
    public GasEstimate EstimateGas(CallRequest request, IReadOnlyList<AccountOverride>? overrides = null)
    {
        var high = Math.Min(request.Gas is { } gas && gas >= IntrinsicGas.Transaction ? gas : environment.Context.GasLimit, gasCap);
        if (environment.Fork >= Fork.Osaka)
        {
            high = Math.Min(high, TransactionRules.MaxGasLimit);
        }
        if (!TryLimitByBalance(request, overrides, ref high, out var miss))
        {
            return new GasEstimate(EstimateOutcome.StateMiss, 0, miss);
        }
        var isPlain = request.Data.IsEmpty && request.To is not null && request.AuthorizationList.Length == 0 && request.AccessList.Length == 0;
        if (isPlain && high >= IntrinsicGas.Transaction && HasNoCode(request.To!.Value) && Try(request, IntrinsicGas.Transaction, overrides) is { IsSuccess: true } plain)
        {
            return new GasEstimate(EstimateOutcome.Found, IntrinsicGas.Transaction, plain);
        }
        var call = Try(request, high, overrides);
        if (!call.IsSuccess)
        {
            return new GasEstimate(OutcomeOf(in call), high, call);
        }
        return Bisect(request, overrides, call, high);
    }

    private GasEstimate Bisect(CallRequest request, IReadOnlyList<AccountOverride>? overrides, CallResult call, ulong high)
    {
        var low = call.GasUsed - 1;
        // A call passes on 63 of 64 parts of its gas (EIP-150), and needs the refund and a stipend beforehand.
        var optimistic = (call.GasUsed + call.GasRefunded + CallStipend) * 64 / 63;
        var guess = optimistic < high ? optimistic : low + ((high - low) / 2);
        while (low + 1 < high)
        {
            var tried = Try(request, guess, overrides);
            if (tried.Outcome == TransactionOutcome.StateMiss)
            {
                return new GasEstimate(EstimateOutcome.StateMiss, 0, tried);
            }
            if (tried.IsSuccess)
            {
                high = guess;
                call = tried;
            }
            else
            {
                low = guess;
            }
            if ((double)(high - low) / high < EstimateErrorRatio)
            {
                break;
            }
            // Most calls need little more than what they used: the upper half is rarely worth a look.
            guess = Math.Min(low + ((high - low) / 2), low * 2);
        }
        return new GasEstimate(EstimateOutcome.Found, high, call);
    }

    private static EstimateOutcome OutcomeOf(in CallResult call) => call switch
    {
        { Outcome: TransactionOutcome.StateMiss } => EstimateOutcome.StateMiss,
        { Outcome: TransactionOutcome.Executed, Halt: Halt.OutOfGas } => EstimateOutcome.ExceedsAllowance,
        { Error.Code: TransactionErrorCode.IntrinsicGasTooLow or TransactionErrorCode.BelowFloorGas } => EstimateOutcome.ExceedsAllowance,
        _ => EstimateOutcome.Fails,
    };

    private CallResult Try(CallRequest request, ulong gas, IReadOnlyList<AccountOverride>? overrides)
    {
        _world.Reset(reader, environment.Fork);
        return Execute(request, gas, overrides, null);
    }

    /// <summary>Where a price is named, no more gas than the sender can pay; false on a state miss.</summary>
    private bool TryLimitByBalance(CallRequest request, IReadOnlyList<AccountOverride>? overrides, ref ulong high, out CallResult miss)
    {
        miss = default;
        if (request.MaxFeePerGas.IsZero)
        {
            return true;
        }
        _world.Reset(reader, environment.Fork);
        if (!TryOverride(overrides))
        {
            miss = Miss();
            return false;
        }
        _world.BeginTransaction();
        var isAtHand = _world.TryGetBalance(request.From, out var balance);
        _world.DiscardTransaction();
        if (!isAtHand)
        {
            miss = Miss();
            return false;
        }
        if (balance > request.Value)
        {
            high = Math.Min(high, ((balance - request.Value) / request.MaxFeePerGas).SaturateUInt64());
        }
        return true;
    }

    private bool HasNoCode(in Address address) => reader.TryGetAccount(in address, out var record) && record is not { HasCode: true };

    private CallResult Execute(CallRequest request, ulong gas, IReadOnlyList<AccountOverride>? overrides, ITracer? tracer)
    {
        if (!TryOverride(overrides))
        {
            return Miss();
        }
        _world.BeginTransaction();
        var isAtHand = _world.TryGetNonce(request.From, out var nonce);
        _world.DiscardTransaction();
        if (!isAtHand)
        {
            return Miss();
        }
        var transaction = ToTransaction(request, gas, nonce);
        var callEnvironment = request.MaxFeePerGas.IsZero ? environment.WithoutBaseFee() : environment;
        var result = new TransactionExecutor(callEnvironment) { IsSimulation = true }.Execute(transaction, _world, 0, 0, tracer);
        return result.Outcome == TransactionOutcome.StateMiss
            ? Miss()
            : new CallResult
            {
                Outcome = result.Outcome, Error = result.Error, Halt = result.Halt, GasUsed = result.GasUsed, GasRefunded = result.GasRefunded,
                Output = result.Output, Misses = [],
            };
    }

    private Transaction ToTransaction(CallRequest request, ulong gas, ulong nonce)
    {
        var transaction = new Transaction
        {
            Type = request switch
            {
                { AuthorizationList.Length: > 0 } => TransactionType.SetCode,
                { BlobVersionedHashes.Length: > 0 } => TransactionType.Blob,
                _ when environment.Fork >= Fork.London => TransactionType.DynamicFee,
                _ => TransactionType.Legacy,
            },
            ChainId = environment.Fork >= Fork.SpuriousDragon ? environment.Spec.ChainId : null,
            Nonce = nonce,
            GasLimit = gas,
            MaxFeePerGas = request.MaxFeePerGas,
            MaxPriorityFeePerGas = request.MaxPriorityFeePerGas,
            To = request.To,
            Value = request.Value,
            Data = request.Data,
            AccessList = request.AccessList,
            AuthorizationList = request.AuthorizationList,
            MaxFeePerBlobGas = request.MaxFeePerBlobGas,
            BlobVersionedHashes = request.BlobVersionedHashes,
        };
        transaction.SetSender(request.From);
        return transaction;
    }

    private CallResult Miss()
    {
        var misses = _world.Misses.ToArray();
        _world.ClearMisses();
        return new CallResult { Outcome = TransactionOutcome.StateMiss, Misses = misses };
    }

    /// <summary>Writes the overrides as a step of its own, which the call sees as its past; false on a state miss.</summary>
    private bool TryOverride(IReadOnlyList<AccountOverride>? overrides)
    {
        if (overrides is null || overrides.Count == 0)
        {
            return true;
        }
        _world.BeginTransaction();
        foreach (var account in overrides)
        {
            if (!TryOverride(account))
            {
                _world.DiscardTransaction();
                return false;
            }
        }
        _world.EndTransaction();
        return true;
    }

    private bool TryOverride(AccountOverride account)
    {
        var address = account.Address;
        if (!_world.TryGetNonce(in address, out var nonce) || !_world.TryGetCode(in address, out var code))
        {
            return false;
        }
        if (account.State is not null)
        {
            _world.TryCreateContract(in address, nonce);
            code ??= new Bytecode([], Crypto.Keccak256.OfEmpty);
            _world.SetCode(in address, code);
        }
        if (account.Balance is { } balance)
        {
            _world.TrySetBalance(in address, in balance);
        }
        if (account.Nonce is { } newNonce)
        {
            _world.TrySetNonce(in address, newNonce);
        }
        if (account.Code is { } newCode)
        {
            _world.SetCode(in address, newCode);
        }
        foreach (var (slot, value) in account.State ?? account.StateDiff ?? new Dictionary<UInt256, UInt256>())
        {
            if (!_world.TryGetStorage(in address, in slot, out _))
            {
                return false;
            }
            _world.SetStorage(in address, in slot, in value);
        }
        return true;
    }
}

using Grid.Crypto;
using Grid.Evm;
using Grid.Primitives;
using Grid.State;

namespace Grid.Chain;

/// <summary>
/// Executes single transactions of one block: checks, gas purchase, authorizations, the message, refunds and fees (Yellow Paper, section 6,
/// with the EIPs named below). It keeps nothing between transactions: one instance serves all lanes of a block.
/// </summary>
public sealed class TransactionExecutor(BlockEnvironment environment)
{
    /// <summary>EIP-3529; half of the gas used before London.</summary>
    private const ulong RefundQuotient = 5;

    private const ulong RefundQuotientBeforeLondon = 2;

    private static readonly UInt256 s_plenty = UInt256.MaxValue >> 1;

    private readonly Fork _fork = environment.Fork;

    public BlockEnvironment Environment => environment;

    /// <summary>
    /// The state root after a transaction, which receipts before Byzantium hold. Null where nobody needs it: such a receipt then has the
    /// status, as later ones.
    /// </summary>
    public Func<JournaledOverlay, Hash256>? IntermediateRoot { get; init; }

    /// <summary>
    /// Whether transactions are only asked about (eth_call): the sender may be a contract, and limits of the block and of one transaction's
    /// gas (EIP-7825) don't hold.
    /// </summary>
    public bool IsSimulation { get; init; }

    /// <summary>
    /// Executes the transaction as the next one of the world's strand. The world's transaction is begun here, and ended when it was
    /// executed, discarded otherwise.
    /// </summary>
    /// <param name="gasUsedBefore">Gas units that earlier transactions of the block used.</param>
    /// <param name="blobGasUsedBefore">Blob gas units that earlier transactions of the block used.</param>
    public TransactionResult Execute(
        Transaction transaction, TransactionWorld world, ulong gasUsedBefore, ulong blobGasUsedBefore, ITracer? tracer = null)
    {
        var error = CheckWithoutState(transaction, gasUsedBefore, blobGasUsedBefore, out var intrinsic);
        if (!error.IsNone)
        {
            return TransactionResult.OfInvalid(error);
        }
        if (!transaction.TryGetSender(out var sender))
        {
            return TransactionResult.OfInvalid(new TransactionError(TransactionErrorCode.InvalidSignature));
        }
        world.BeginTransaction();
        if (!TryCheckSender(transaction, in sender, world, out error))
        {
            GatherMisses(transaction, world);
            return Discard(world, TransactionOutcome.StateMiss);
        }
        if (!error.IsNone)
        {
            world.DiscardTransaction();
            return TransactionResult.OfInvalid(error);
        }
        return Run(new Purchase(transaction, sender, environment), intrinsic, world, gasUsedBefore, tracer);
    }

    /// <summary>
    /// Runs the transaction as far as the state at hand allows, whether its sender can send it here or not, and undoes it: what is missing is
    /// in the world's misses then. A guess: transactions before it may not have run. One that is invalid anywhere in this block isn't run:
    /// nothing bounds its gas.
    /// </summary>
    public void Discover(Transaction transaction, TransactionWorld world)
    {
        if (!CheckWithoutState(transaction, 0, 0, out var intrinsic).IsNone || !transaction.TryGetSender(out var sender))
        {
            return;
        }
        world.BeginTransaction();
        GatherMisses(transaction, world);
        // So much ether that no price stops the run, and no credit overflows. Nobody can pay a value beyond it.
        if (transaction.Value <= s_plenty && world.TrySetBalance(in sender, in s_plenty) && world.TryGetCode(in sender, out _))
        {
            Warm(transaction, in sender, world);
            if (TryApplyAuthorizations(transaction, world, out _))
            {
                Interpret(transaction, in sender, transaction.GasLimit - intrinsic.Gas, transaction.EffectiveGasPrice(environment.BaseFeePerGas), world, null, out _);
            }
        }
        world.DiscardTransaction();
    }

    private TransactionError CheckWithoutState(Transaction transaction, ulong gasUsedBefore, ulong blobGasUsedBefore, out IntrinsicGas intrinsic)
    {
        var error = TransactionRules.CheckStatic(transaction, _fork, environment.Spec.ChainId, out intrinsic);
        if (IsSimulation && error.Code is TransactionErrorCode.GasLimitAboveMaximum)
        {
            error = default;
        }
        if (error.Code is TransactionErrorCode.IntrinsicGasTooLow && transaction.MaxFeePerGas < environment.BaseFeePerGas)
        {
            // Who offers neither the price nor the gas is told of the price, as other clients do.
            error = new TransactionError(TransactionErrorCode.MaxFeeBelowBaseFee, transaction.MaxFeePerGas, environment.BaseFeePerGas);
        }
        return error.IsNone
            ? TransactionRules.CheckInBlock(
                transaction, environment.BaseFeePerGas, environment.BaseFeePerBlobGas,
                IsSimulation ? ulong.MaxValue : Left(environment.Context.GasLimit, gasUsedBefore), Left(environment.MaxBlobGas, blobGasUsedBefore))
            : error;
    }

    /// <summary>What a transaction pays: the price of gas and the blobs' fee, in wei.</summary>
    private readonly struct Purchase
    {
        public Purchase(Transaction transaction, Address sender, BlockEnvironment environment)
        {
            Transaction = transaction;
            Sender = sender;
            GasPrice = transaction.EffectiveGasPrice(environment.BaseFeePerGas);
            BlobFee = environment.BaseFeePerBlobGas * transaction.BlobGas;
        }

        public Transaction Transaction { get; }

        public Address Sender { get; }

        public UInt256 GasPrice { get; }

        public UInt256 BlobFee { get; }

        public UInt256 Total => (GasPrice * Transaction.GasLimit) + BlobFee;
    }

    private TransactionResult Run(in Purchase purchase, IntrinsicGas intrinsic, TransactionWorld world, ulong gasUsedBefore, ITracer? tracer)
    {
        var transaction = purchase.Transaction;
        world.TrySubtractBalance(purchase.Sender, purchase.Total);
        world.TryIncrementNonce(purchase.Sender);
        Warm(transaction, purchase.Sender, world);
        if (!TryApplyAuthorizations(transaction, world, out var authorizationRefund))
        {
            GatherMisses(transaction, world);
            return Discard(world, TransactionOutcome.StateMiss);
        }
        var result = Interpret(transaction, purchase.Sender, transaction.GasLimit - intrinsic.Gas, purchase.GasPrice, world, tracer, out var to);
        if (result.Halt == Halt.StateMiss)
        {
            GatherMisses(transaction, world);
            return Discard(world, TransactionOutcome.StateMiss);
        }
        var gasUsed = Settle(transaction.GasLimit, in result, authorizationRefund, intrinsic.Floor, out var refunded);
        if (!TryPay(in purchase, gasUsed, world))
        {
            return Discard(world, TransactionOutcome.StateMiss);
        }
        world.EndTransaction();
        return new TransactionResult
        {
            Outcome = TransactionOutcome.Executed,
            Halt = result.Halt,
            GasUsed = gasUsed,
            GasRefunded = refunded,
            Output = result.Output,
            Receipt = MakeReceipt(transaction, in result, in to, gasUsed, gasUsedBefore, world),
        };
    }

    /// <param name="to">The recipient, or the new contract.</param>
    private ExecutionResult Interpret(
        Transaction transaction, in Address sender, ulong gas, in UInt256 gasPrice, TransactionWorld world, ITracer? tracer, out Address to)
    {
        to = transaction.To ?? ContractAddress.FromNonce(in sender, transaction.Nonce);
        var message = new Message
        {
            Kind = transaction.IsCreation ? MessageKind.Create : MessageKind.Call,
            Caller = sender,
            To = to,
            Value = transaction.Value,
            Input = transaction.Data,
            Gas = (long)gas,
        };
        var context = new TransactionContext { Origin = sender, GasPrice = gasPrice, BlobHashes = transaction.BlobVersionedHashes };
        return Interpreter.Execute(_fork, environment.Context, context, in message, world, tracer);
    }

    /// <summary>False on a state miss.</summary>
    private bool TryCheckSender(Transaction transaction, in Address sender, TransactionWorld world, out TransactionError error)
    {
        error = default;
        if (!world.TryGetNonce(in sender, out var nonce) || !TryGetFunds(transaction, in sender, world, out var balance) || !world.TryGetCode(in sender, out var code))
        {
            return false;
        }
        error = TransactionRules.CheckSender(transaction, nonce, in balance, IsSimulation ? null : code);
        return true;
    }

    /// <summary>The sender's balance; where it covers what the transaction may cost, just that: more isn't read.</summary>
    private static bool TryGetFunds(Transaction transaction, in Address sender, TransactionWorld world, out UInt256 balance)
    {
        if (TransactionRules.TryGetMaxCost(transaction, out balance))
        {
            if (!world.TryCovers(in sender, in balance, out var covers))
            {
                return false;
            }
            if (covers)
            {
                return true;
            }
        }
        return world.TryGetBalance(in sender, out balance);
    }

    /// <summary>Asks for the accounts that the transaction needs whatever it does, so that one fetch brings them all.</summary>
    private void GatherMisses(Transaction transaction, TransactionWorld world)
    {
        if (transaction.To is { } to)
        {
            world.TryGetCode(in to, out _);
        }
        world.TryGetBalance(environment.Context.Coinbase, out _);
        foreach (var entry in transaction.AccessList)
        {
            world.TryGetBalance(entry.Address, out _);
            foreach (ref readonly var key in entry.StorageKeys.AsSpan())
            {
                world.TryGetStorage(entry.Address, in key, out _);
            }
        }
    }

    private static TransactionResult Discard(TransactionWorld world, TransactionOutcome outcome)
    {
        world.DiscardTransaction();
        return new TransactionResult { Outcome = outcome };
    }

    /// <summary>EIP-2929, EIP-2930, EIP-3651: what is warm from the start.</summary>
    private void Warm(Transaction transaction, in Address sender, TransactionWorld world)
    {
        if (_fork < Fork.Berlin)
        {
            return;
        }
        world.WarmAccount(in sender);
        if (transaction.To is { } to)
        {
            world.WarmAccount(in to);
        }
        if (_fork >= Fork.Shanghai)
        {
            world.WarmAccount(environment.Context.Coinbase);
        }
        foreach (var entry in transaction.AccessList)
        {
            world.WarmAccount(entry.Address);
            foreach (ref readonly var key in entry.StorageKeys.AsSpan())
            {
                world.WarmSlot(entry.Address, in key);
            }
        }
    }

    /// <summary>EIP-7702: sets or takes back the delegations that hold, in order. False on a state miss.</summary>
    /// <param name="refund">Gas units back for authorities that were in the state already.</param>
    private bool TryApplyAuthorizations(Transaction transaction, TransactionWorld world, out ulong refund)
    {
        refund = 0;
        foreach (var authorization in transaction.AuthorizationList)
        {
            if (!(authorization.ChainId.IsZero || authorization.ChainId == environment.Spec.ChainId)
                || authorization.Nonce == TransactionRules.MaxNonce
                || !authorization.TryRecoverAuthority(out var authority))
            {
                continue;
            }
            world.WarmAccount(in authority);
            if (!world.TryGetCode(in authority, out var code) || !world.TryGetNonce(in authority, out var nonce) || !world.TryExists(in authority, out var exists))
            {
                return false;
            }
            if ((code is { Length: > 0 } && !Delegation.TryParse(code.Bytes, out _)) || nonce != authorization.Nonce)
            {
                continue;
            }
            refund += exists ? IntrinsicGas.PerEmptyAccount - IntrinsicGas.PerAuthorization : 0;
            var designator = authorization.Address.IsZero ? [] : Delegation.Encode(authorization.Address);
            world.SetCode(in authority, new Bytecode(designator, Keccak256.Hash(designator)));
            world.TryIncrementNonce(in authority);
        }
        return true;
    }

    /// <summary>The gas units that the transaction is charged, after refunds (EIP-3529) and the floor (EIP-7623).</summary>
    private ulong Settle(ulong gasLimit, in ExecutionResult result, ulong authorizationRefund, ulong floor, out ulong refunded)
    {
        var used = gasLimit - (ulong)result.GasLeft;
        var cap = used / (_fork >= Fork.London ? RefundQuotient : RefundQuotientBeforeLondon);
        refunded = Math.Min(cap, (ulong)Math.Max(0, result.GasRefund) + authorizationRefund);
        return Math.Max(used - refunded, floor);
    }

    /// <summary>Gives back what is left and pays the beneficiary; the base fee is burned (EIP-1559). False on a state miss.</summary>
    private bool TryPay(in Purchase purchase, ulong gasUsed, TransactionWorld world)
    {
        var left = purchase.GasPrice * (purchase.Transaction.GasLimit - gasUsed);
        var tip = (purchase.GasPrice - environment.BaseFeePerGas) * gasUsed;
        return world.TryAddBalance(purchase.Sender, in left) && world.TryAddBalance(environment.Context.Coinbase, in tip);
    }

    private Receipt MakeReceipt(
        Transaction transaction, in ExecutionResult result, in Address to, ulong gasUsed, ulong gasUsedBefore, TransactionWorld world) => new()
    {
        Type = transaction.Type,
        Succeeded = result.IsSuccess,
        PostStateRoot = _fork < Fork.Byzantium ? IntermediateRoot?.Invoke(world) : null,
        CumulativeGasUsed = gasUsedBefore + gasUsed,
        GasUsed = gasUsed,
        Logs = world.Logs.Count == 0 ? [] : [.. world.Logs],
        ContractAddress = transaction.IsCreation ? to : null,
    };

    private static ulong Left(ulong limit, ulong used) => limit > used ? limit - used : 0;
}

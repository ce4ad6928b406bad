using Grid.Evm;
using Grid.Primitives;

namespace Grid.Chain;

/// <summary>How a step of a block that isn't a transaction ended.</summary>
public enum StepOutcome : byte
{
    Done,

    /// <summary>State isn't at hand; the world knows what. Nothing changed.</summary>
    StateMiss,

    /// <summary>The contract that is called has no code.</summary>
    NoCode,

    /// <summary>The call failed; what it did is reverted.</summary>
    Failed,
}

/// <summary>
/// What a block does besides its transactions: the DAO fork's change of the state (EIP-779), calls of system contracts before and after them
/// (EIP-4788, EIP-2935, EIP-7002, EIP-7251), withdrawals (EIP-4895) and rewards. Each step is a transaction of its own in the world.
/// </summary>
public sealed class SystemCalls(BlockEnvironment environment)
{
    /// <summary>Gas units of a system call, which count for no limit.</summary>
    public const long Gas = 30_000_000;

    private const ulong RingLength = 8191, QueueFields = 4;

    private readonly TransactionContext _context = new() { Origin = SystemContracts.SystemAddress, GasPrice = environment.BaseFeePerGas };

    /// <summary>The calls before the first transaction: who is called, and with what.</summary>
    public IEnumerable<(Address Contract, byte[] Input)> BeforeTransactions()
    {
        if (environment.Fork >= Fork.Cancun && environment.Header is { Number: > 0, ParentBeaconBlockRoot: { } root })
        {
            yield return (environment.Spec.SystemContractAddresses.BeaconRoots, root.ToArray());
        }
        if (environment.Fork >= Fork.Prague && environment.Header.Number > 0)
        {
            yield return (environment.Spec.SystemContractAddresses.HistoryStorage, environment.Header.ParentHash.ToArray());
        }
    }

    /// <summary>The calls after the last transaction: who is called, and the type of the requests that it returns.</summary>
    public IEnumerable<(Address Contract, byte RequestType)> AfterTransactions()
    {
        if (environment.Fork >= Fork.Prague)
        {
            yield return (environment.Spec.SystemContractAddresses.WithdrawalRequests, ExecutionRequests.WithdrawalType);
            yield return (environment.Spec.SystemContractAddresses.ConsolidationRequests, ExecutionRequests.ConsolidationType);
        }
    }

    /// <summary>Accounts that the block touches before its first or after its last transaction, whatever the state.</summary>
    public IEnumerable<Address> Accounts() =>
        [environment.Header.Beneficiary, .. BeforeTransactions().Select(x => x.Contract), .. AfterTransactions().Select(x => x.Contract), .. environment.Withdrawals.Select(x => x.Address)];

    /// <summary>Slots that the system contracts of the EIPs touch in it, whatever the state: only expected, since a chain may have other contracts there.</summary>
    public IEnumerable<(Address Contract, UInt256 Slot)> Slots()
    {
        var contracts = environment.Spec.SystemContractAddresses;
        if (environment.Fork >= Fork.Cancun)
        {
            // EIP-4788: a ring of times, and one of roots behind it.
            yield return (contracts.BeaconRoots, environment.Header.Timestamp % RingLength);
            yield return (contracts.BeaconRoots, (environment.Header.Timestamp % RingLength) + RingLength);
        }
        if (environment.Fork >= Fork.Prague)
        {
            // EIP-2935: a ring of hashes. EIP-7002 and EIP-7251: excess, count, head and tail of a queue.
            yield return (contracts.HistoryStorage, unchecked(environment.Header.Number - 1) % RingLength);
            for (ulong slot = 0; slot < QueueFields; slot++)
            {
                yield return (contracts.WithdrawalRequests, slot);
                yield return (contracts.ConsolidationRequests, slot);
            }
        }
    }

    /// <summary>Calls a contract as the system does: no fee, no nonce, no effect on the block's gas.</summary>
    public StepOutcome Call(TransactionWorld world, in Address contract, byte[] input, out ReadOnlyMemory<byte> output, ITracer? tracer = null)
    {
        output = default;
        world.BeginTransaction();
        if (!world.TryGetCode(in contract, out var code))
        {
            world.DiscardTransaction();
            return StepOutcome.StateMiss;
        }
        if (code is null or { Length: 0 })
        {
            world.EndTransaction();
            return StepOutcome.NoCode;
        }
        world.WarmAccount(in contract);
        var message = new Message { Kind = MessageKind.Call, Caller = SystemContracts.SystemAddress, To = contract, Input = input, Gas = Gas };
        var result = Interpreter.Execute(environment.Fork, environment.Context, _context, in message, world, tracer);
        if (result.Halt == Halt.StateMiss)
        {
            world.DiscardTransaction();
            return StepOutcome.StateMiss;
        }
        world.EndTransaction();
        output = result.Output;
        return result.IsSuccess ? StepOutcome.Done : StepOutcome.Failed;
    }

    /// <summary>Moves the ether of the DAO's accounts (EIP-779), where the block is the one that does, as one step.</summary>
    public StepOutcome ChangeDaoState(TransactionWorld world)
    {
        if (!DaoFork.ChangesStateAt(environment.Spec, environment.Header.Number))
        {
            return StepOutcome.Done;
        }
        world.BeginTransaction();
        var isAtHand = world.TryGetBalance(in DaoFork.WithdrawContract, out var sum);
        foreach (var account in DaoFork.Accounts)
        {
            // All are asked for, whatever is missing, so that one fetch brings them.
            isAtHand &= world.TryGetBalance(in account, out var balance) && world.TrySetBalance(in account, UInt256.Zero);
            sum += balance;
        }
        if (!isAtHand || !world.TrySetBalance(in DaoFork.WithdrawContract, in sum))
        {
            world.DiscardTransaction();
            return StepOutcome.StateMiss;
        }
        world.EndTransaction();
        return StepOutcome.Done;
    }

    /// <summary>Pays the withdrawals and the rewards of the block, as one step.</summary>
    /// <param name="ommers">Headers whose makers are rewarded too; before Paris only.</param>
    public StepOutcome PayBeneficiaries(TransactionWorld world, ReadOnlySpan<BlockHeader> ommers)
    {
        world.BeginTransaction();
        foreach (var withdrawal in environment.Withdrawals)
        {
            if (!world.TryAddBalance(withdrawal.Address, withdrawal.AmountWei))
            {
                world.DiscardTransaction();
                return StepOutcome.StateMiss;
            }
        }
        foreach (var (beneficiary, amount) in BlockRewards.Of(environment, ommers))
        {
            if (!world.TryAddBalance(in beneficiary, in amount))
            {
                world.DiscardTransaction();
                return StepOutcome.StateMiss;
            }
        }
        world.EndTransaction();
        return StepOutcome.Done;
    }
}

using Grid.Chain;
using Grid.Evm;
using Grid.Primitives;

namespace Grid.Node.Fuzz.Evm;

/// <summary>What cases are made of, where the runner needs it otherwise.</summary>
/// <param name="Fork">Null for any from Frontier to Osaka.</param>
/// <param name="EmptyCollisions">Whether accounts may have storage and neither nonce nor code: on the main network none has (EIP-7610).</param>
/// <param name="SystemContracts">Whether the contracts that the protocol calls may be there.</param>
internal sealed record CaseOptions(Fork? Fork = null, bool EmptyCollisions = true, bool SystemContracts = true)
{
    /// <summary>So many cases in a row have one fork; zero for no such order.</summary>
    public int ForkRun { get; init; }

    /// <summary>Where no fork is named: from this one on.</summary>
    public Fork Oldest { get; init; }

    /// <summary>The most transactions of a block. Above the preset there are half as many senders, and all of them send.</summary>
    public int Transactions { get; init; } = PresetTransactions;

    public const int PresetTransactions = 4;

    public int Senders => Math.Max(4, Transactions / 2);
}

/// <summary>Makes cases: each follows from the seed, its index and the options only.</summary>
internal sealed class CaseGenerator(ulong seed, CaseOptions options)
{
    private const ulong BlockGasLimit = 30_000_000;

    /// <summary>Wei: a thousand ether.</summary>
    private static readonly UInt256 Plenty = UInt256.Parse("1000000000000000000000");

    /// <summary>Forks that the interpreter or a transaction's rules tell apart.</summary>
    private static readonly Fork[] Forks =
    [
        Fork.Frontier, Fork.Homestead, Fork.TangerineWhistle, Fork.SpuriousDragon, Fork.Byzantium, Fork.Constantinople, Fork.Petersburg, Fork.Istanbul,
        Fork.Berlin, Fork.London, Fork.Paris, Fork.Shanghai, Fork.Cancun, Fork.Prague, Fork.Osaka,
    ];

    public ulong Seed => seed;

    public FuzzCase Make(ulong index)
    {
        var dice = new Dice(seed, index);
        var fork = ForkOf(index, dice);
        var book = MakeBook(dice, index, fork);
        var accounts = MakeAccounts(dice, fork, book);
        var block = MakeBlock(dice, book);
        var nonces = new ulong[options.Senders];
        for (var i = 0; i < options.Senders; i++)
        {
            nonces[i] = Array.Find(accounts, account => account.Address == book.Signers[i])?.Nonce ?? 0;
        }
        var transactions = new FuzzTransaction[dice.Between(1, options.Transactions)];
        for (var i = 0; i < transactions.Length; i++)
        {
            transactions[i] = new TransactionGenerator(dice, fork, book, block, nonces).Make();
        }
        return new FuzzCase(seed, index, fork, block, accounts, transactions);
    }

    /// <summary>The newest forks hold most rules: half of the cases are theirs.</summary>
    private Fork ForkOf(ulong index, Dice dice)
    {
        var forks = Array.FindAll(Forks, fork => fork >= options.Oldest);
        var (isAny, any, newest) = (dice.OneIn(2), dice.Below(forks.Length), dice.Below(3));
        if (options.ForkRun > 0)
        {
            var run = index / (ulong)options.ForkRun;
            (isAny, any, newest) = (run % 2 == 1, (int)(run / 2 % (ulong)forks.Length), (int)(run / 2 % 3));
        }
        return options.Fork ?? (isAny ? forks[any] : forks[^(1 + newest)]);
    }

    private AddressBook MakeBook(Dice dice, ulong index, Fork fork)
    {
        var number = 100;
        Address Fresh() => FuzzKeys.AddressOf(seed, index, number++);
        var book = new AddressBook(fork)
        {
            Signers = [.. Enumerable.Range(0, options.Senders).Select(i => FuzzKeys.Of(seed, index, i).Address)],
            Contracts = [.. Enumerable.Range(0, dice.Between(1, 5)).Select(_ => Fresh())],
            Others = [.. Enumerable.Range(0, 3).Select(_ => Fresh())],
            Beneficiary = dice.OneIn(6) ? FuzzKeys.Of(seed, index, dice.Below(options.Senders)).Address : Fresh(),
            System = !options.SystemContracts || fork < Fork.Cancun || dice.OneIn(3)
                ? []
                : [.. SystemContracts.GenesisAccounts().Take(fork >= Fork.Prague ? 4 : 1).Select(account => account.Address)],
        };
        foreach (var contract in book.Contracts)
        {
            book.Predicted.Add(ContractAddress.FromNonce(in contract, fork >= Fork.SpuriousDragon ? 1UL : 0));
        }
        book.Predicted.Add(ContractAddress.FromNonce(in book.Signers[0], 0));
        return book;
    }

    private FuzzAccount[] MakeAccounts(Dice dice, Fork fork, AddressBook book)
    {
        var accounts = new Dictionary<Address, FuzzAccount>();
        foreach (var signer in book.Signers)
        {
            accounts[signer] = MakeSigner(dice, fork, book, signer);
        }
        // Of the first, which sends most, one can rely on.
        accounts[book.Signers[0]] = accounts[book.Signers[0]] with { Balance = Plenty, Nonce = dice.OneIn(6) ? (ulong)dice.Below(300) : 0 };
        foreach (var contract in book.Contracts)
        {
            var code = dice.OneIn(12) && fork >= Fork.Prague ? Designator(dice, book) : new ProgramGenerator(dice, fork, book).Contract();
            var nonce = dice.OneIn(30) ? ulong.MaxValue - (ulong)dice.Below(2) : fork >= Fork.SpuriousDragon ? 1UL : 0;
            accounts[contract] = new FuzzAccount(contract, Balance(dice), nonce, code, Storage(dice));
        }
        accounts[book.Others[0]] = new FuzzAccount(book.Others[0], 1 + (ulong)dice.Below(1_000), 0, null, []);
        if (fork < Fork.SpuriousDragon || dice.OneIn(8))
        {
            // Empty, and there nevertheless (EIP-161 calls for it to go when it is touched).
            accounts[book.Others[1]] = new FuzzAccount(book.Others[1], 0, 0, null, []);
        }
        if (dice.OneIn(3))
        {
            AddInTheWay(dice, accounts, book);
        }
        if (dice.OneIn(4) && !accounts.ContainsKey(book.Beneficiary))
        {
            var code = dice.OneIn(3) ? new ProgramGenerator(dice, fork, book).Contract() : null;
            accounts[book.Beneficiary] = new FuzzAccount(book.Beneficiary, Balance(dice), 0, code, []);
        }
        foreach (var system in SystemContracts.GenesisAccounts().Where(account => book.System.Contains(account.Address)))
        {
            accounts[system.Address] = new FuzzAccount(system.Address, system.Balance, system.Nonce, FuzzProgram.OfBytes(system.Code!.Bytes), []);
        }
        return [.. accounts.Values];
    }

    private static FuzzAccount MakeSigner(Dice dice, Fork fork, AddressBook book, Address signer)
    {
        var balance = dice.Below(10) switch
        {
            0 => UInt256.Zero,
            1 => (UInt256)dice.Next(),
            2 => UInt256.One << 250,
            _ => Plenty,
        };
        var nonce = dice.Below(12) switch
        {
            0 => (ulong)dice.Below(300),
            1 => ulong.MaxValue - (ulong)dice.Below(2),
            _ => 0UL,
        };
        FuzzProgram? code = null;
        if (fork >= Fork.Prague && dice.OneIn(5))
        {
            code = Designator(dice, book);
        }
        else if (dice.OneIn(30))
        {
            // EIP-3607.
            code = FuzzProgram.OfBytes([0x00]);
        }
        return new FuzzAccount(signer, balance, nonce, code, code is null ? [] : Storage(dice));
    }

    private static FuzzProgram Designator(Dice dice, AddressBook book) => FuzzProgram.OfBytes(Delegation.Encode(book.Any(dice)));

    /// <summary>Accounts where a contract of the case would be created: with ether only, a nonce, code, or storage alone.</summary>
    private void AddInTheWay(Dice dice, Dictionary<Address, FuzzAccount> accounts, AddressBook book)
    {
        var address = book.Predicted[dice.Below(book.Predicted.Count)];
        accounts[address] = dice.Below(options.EmptyCollisions ? 4 : 3) switch
        {
            0 => new FuzzAccount(address, 5, 0, null, []),
            1 => new FuzzAccount(address, 0, 1, null, []),
            2 => new FuzzAccount(address, 0, 0, FuzzProgram.OfBytes([0x00]), []),
            _ => new FuzzAccount(address, 0, 0, null, [new(UInt256.One, UInt256.One)]),
        };
    }

    private static UInt256 Balance(Dice dice) => dice.Below(6) switch
    {
        0 => UInt256.Zero,
        1 => UInt256.One,
        2 => UInt256.One << 200,
        _ => (ulong)dice.Below(1_000_000),
    };

    private static KeyValuePair<UInt256, UInt256>[] Storage(Dice dice)
    {
        var slots = new Dictionary<UInt256, UInt256>();
        for (var i = dice.Below(5); i > 0; i--)
        {
            slots[dice.OneIn(4) ? EdgeValues.Word(dice) : (ulong)dice.Below(5)] = dice.OneIn(2) ? 1 : EdgeValues.Word(dice);
        }
        return [.. slots.Where(slot => !slot.Value.IsZero)];
    }

    private static FuzzBlock MakeBlock(Dice dice, AddressBook book)
    {
        var withdrawals = new Withdrawal[dice.OneIn(4) ? dice.Between(1, 3) : 0];
        for (var i = 0; i < withdrawals.Length; i++)
        {
            withdrawals[i] = new Withdrawal((ulong)i, (ulong)dice.Below(100), book.Any(dice), dice.OneIn(4) ? 0 : dice.Next() >> dice.Below(64));
        }
        return new FuzzBlock(
            Number: dice.OneIn(2) ? (ulong)dice.Between(1, 300) : (ulong)dice.Between(300, 20_000_000),
            Timestamp: (ulong)dice.Between(1_000, 2_000_000_000),
            GasLimit: dice.OneIn(25) ? (ulong)dice.Between(100_000, 4_000_000) : BlockGasLimit,
            BaseFee: dice.OneIn(5) ? (UInt256)(ulong)dice.Below(1_000_000_000) : 7,
            Difficulty: dice.OneIn(3) ? EdgeValues.Word(dice) : 0x20000,
            PrevRandao: Hash256.FromWord(EdgeValues.Word(dice)),
            ExcessBlobGas: dice.OneIn(4) ? (ulong)dice.Below(200_000_000) : 0,
            Beneficiary: book.Beneficiary,
            Withdrawals: withdrawals);
    }
}

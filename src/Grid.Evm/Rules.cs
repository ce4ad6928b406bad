namespace Grid.Evm;

/// <summary>A fork as a type, so that the JIT compiler folds every question about it.</summary>
public interface IFork
{
    static abstract Fork Id { get; }
}

// Forks that the interpreter can't tell apart share a type: see OpcodeTable.Of.
public readonly struct Frontier : IFork { public static Fork Id => Fork.Frontier; }
public readonly struct Homestead : IFork { public static Fork Id => Fork.Homestead; }
public readonly struct TangerineWhistle : IFork { public static Fork Id => Fork.TangerineWhistle; }
public readonly struct SpuriousDragon : IFork { public static Fork Id => Fork.SpuriousDragon; }
public readonly struct Byzantium : IFork { public static Fork Id => Fork.Byzantium; }
public readonly struct Constantinople : IFork { public static Fork Id => Fork.Constantinople; }
public readonly struct Petersburg : IFork { public static Fork Id => Fork.Petersburg; }
public readonly struct Istanbul : IFork { public static Fork Id => Fork.Istanbul; }
public readonly struct Berlin : IFork { public static Fork Id => Fork.Berlin; }
public readonly struct London : IFork { public static Fork Id => Fork.London; }
public readonly struct Paris : IFork { public static Fork Id => Fork.Paris; }
public readonly struct Shanghai : IFork { public static Fork Id => Fork.Shanghai; }
public readonly struct Cancun : IFork { public static Fork Id => Fork.Cancun; }
public readonly struct Prague : IFork { public static Fork Id => Fork.Prague; }
public readonly struct Osaka : IFork { public static Fork Id => Fork.Osaka; }
public readonly struct Amsterdam : IFork { public static Fork Id => Fork.Amsterdam; }

/// <summary>
/// The fork table: what the interpreter does differently from fork to fork, one line a rule with the EIP's number. Opcodes
/// that a fork adds are in <see cref="OpcodeTable{TFork}"/>, precompiles in <see cref="PrecompileTable"/>.
/// </summary>
public static class Rules<TFork>
    where TFork : struct, IFork
{
    // Behaviour.
    public static bool CodeDepositMayRunOutOfGas => TFork.Id >= Fork.Homestead; // EIP-2: a failure, no longer an empty contract
    public static bool CallGasIsCapped => TFork.Id >= Fork.TangerineWhistle; // EIP-150: all but one 64th
    public static bool EmptyAccountsAreNone => TFork.Id >= Fork.SpuriousDragon; // EIP-161
    public static bool ContractsStartAtNonceOne => TFork.Id >= Fork.SpuriousDragon; // EIP-161
    public static int CodeSizeLimit => TFork.Id >= Fork.SpuriousDragon ? 24_576 : int.MaxValue; // EIP-170
    public static bool NetStorageGas => TFork.Id is Fork.Constantinople or >= Fork.Istanbul; // EIP-1283, EIP-2200
    public static bool StorageNeedsMoreThanStipend => TFork.Id >= Fork.Istanbul; // EIP-2200
    public static bool AccessLists => TFork.Id >= Fork.Berlin; // EIP-2929
    public static bool CodeMayNotStartWithEf => TFork.Id >= Fork.London; // EIP-3541
    public static bool SelfDestructRefunds => TFork.Id < Fork.London; // EIP-3529
    public static int InitcodeSizeLimit => TFork.Id >= Fork.Shanghai ? 49_152 : int.MaxValue; // EIP-3860
    public static int InitcodeWordGas => TFork.Id >= Fork.Shanghai ? 2 : 0; // EIP-3860
    public static bool OnlyNewContractsAreDestroyed => TFork.Id >= Fork.Cancun; // EIP-6780
    public static bool Delegations => TFork.Id >= Fork.Prague; // EIP-7702

    // Gas.
    public static int ExpByteGas => TFork.Id >= Fork.SpuriousDragon ? 50 : 10; // EIP-160
    public static int SelfDestructGas => TFork.Id >= Fork.TangerineWhistle ? 5_000 : 0; // EIP-150
    public static int SelfDestructNewAccountGas => TFork.Id >= Fork.TangerineWhistle ? 25_000 : 0; // EIP-150
    public static int CallGas => AccessLists ? Gas.WarmAccess : TFork.Id >= Fork.TangerineWhistle ? 700 : 40; // EIP-2929, EIP-150
    public static int ExtCodeGas => AccessLists ? Gas.WarmAccess : TFork.Id >= Fork.TangerineWhistle ? 700 : 20; // EIP-2929, EIP-150
    public static int ExtCodeHashGas => AccessLists ? Gas.WarmAccess : TFork.Id >= Fork.Istanbul ? 700 : 400; // EIP-2929, EIP-1884, EIP-1052
    public static int BalanceGas => AccessLists ? Gas.WarmAccess : TFork.Id >= Fork.Istanbul ? 700 : TFork.Id >= Fork.TangerineWhistle ? 400 : 20; // EIP-2929, EIP-1884, EIP-150
    public static int SloadGas => AccessLists ? Gas.WarmAccess : TFork.Id >= Fork.Istanbul ? 800 : TFork.Id >= Fork.TangerineWhistle ? 200 : 50; // EIP-2929, EIP-1884, EIP-150
    public static int SstoreResetGas => AccessLists ? 5_000 - Gas.ColdSlot : 5_000; // EIP-2929
    public static int SstoreClearRefund => TFork.Id >= Fork.London ? 4_800 : 15_000; // EIP-3529
}

using Grid.Chain;
using Grid.Evm;
using Grid.Primitives;

namespace Grid.Node.Fuzz.Evm.Anvil;

/// <summary>
/// Where anvil 1.7.1 departs from the specification, or can't be brought to a context that a case has. What is listed here isn't generated or not
/// compared with it; everything else must agree.
/// </summary>
internal static class AnvilDepartures
{
    public readonly record struct Row(string What, string Why);

    public static IReadOnlyList<Row> Rows { get; } =
    [
        new("accounts with storage and neither nonce nor code",
            "revm's collision check asks for nonce and code only; EIP-7610 asks for storage, too, and no chain has such accounts"),
        new("empty accounts", "anvil_setBalance can't make one; EIP-161 has removed them"),
        new("forks before London", "its storage prices and refunds are later forks': under Spurious Dragon it takes 2,900 for writing zero over zero, where 5,000 are due; "
            + "and to its database every account exists, so that before EIP-161 it charges no call for a new one"),
        new("senders with code", "anvil leaves EIP-3607's check out"),
        new("authorities that don't exist", "to anvil's database every account exists: it refunds what EIP-7702 refunds for existing ones"),
        new("state roots", "anvil hashes accounts that were only looked at, as empty ones: where its root differs, every account and slot that Grid accessed is compared"),
        new("code that begins with 0xef01 and is no designator", "anvil's process ends; EIP-3541 keeps it out of the state"),
        new("type 3 transactions", "eth_sendRawTransaction takes them with blobs, commitments and proofs only, which this build can't make"),
        new("prices of 2^128 wei and more", "anvil keeps prices in 128 bits and refuses others when it decodes"),
        new("system contracts but EIP-2935's",
            "anvil calls that one before a block, and EIP-4788's where a parent beacon block root is given, which it never is; it collects no requests"),
        new("block rewards and withdrawals", "anvil pays none: the state is compared before Grid pays them"),
        new("block number, randomness, parent hash", "anvil chooses them: Grid executes in the context that anvil's header tells"),
    ];

    public const Fork Oldest = Fork.London;

    public static CaseOptions Limit(Fork? fork) => new(fork, EmptyCollisions: false, SystemContracts: false) { ForkRun = 64, Oldest = Oldest };

    /// <summary>The case without what anvil can't have.</summary>
    public static FuzzCase Limit(FuzzCase source)
    {
        var signers = source.Transactions.Select(transaction => FuzzKeys.Of(source.Seed, source.Index, transaction.Signer).Address).ToHashSet();
        FuzzAccount[] accounts =
        [
            .. source.Accounts
                .Where(account => account is not { Nonce: 0, Balance.IsZero: true, Code: null })
                .Select(account => IsOddDesignator(source, account.Code) ? account with { Code = FuzzProgram.OfBytes([0x00]) } : account)
                .Select(account => signers.Contains(account.Address) && !IsDesignator(source, account.Code) ? account with { Code = null } : account),
        ];
        var existing = accounts.Select(account => account.Address).ToHashSet();
        bool Exists(FuzzAuthorization authorization) => existing.Contains(FuzzKeys.Of(source.Seed, source.Index, authorization.Signer).Address);
        return source with
        {
            Accounts = accounts,
            Transactions =
            [
                .. source.Transactions
                    .Where(transaction => transaction.Type != TransactionType.Blob && transaction.MaxFee.BitLength <= 128)
                    .Select(transaction => transaction with { Authorizations = Array.FindAll(transaction.Authorizations, Exists) }),
            ],
        };
    }

    private static bool IsDesignator(FuzzCase source, FuzzProgram? code) => code is not null
        && Delegation.TryParse(code.Assemble(source.Fork >= Fork.Shanghai), out _);

    private static bool IsOddDesignator(FuzzCase source, FuzzProgram? code) =>
        code?.Assemble(source.Fork >= Fork.Shanghai) is [0xef, 0x01, ..] && !IsDesignator(source, code);
}

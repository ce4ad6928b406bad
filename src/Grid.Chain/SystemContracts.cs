using Grid.Crypto;
using Grid.Primitives;

namespace Grid.Chain;

/// <summary>The contracts that the protocol itself calls, with the code that their EIPs give.</summary>
public static class SystemContracts
{
    /// <summary>Who calls them.</summary>
    public static readonly Address SystemAddress = Address.Parse("0xfffffffffffffffffffffffffffffffffffffffe");

    /// <summary>EIP-4788, from Cancun on.</summary>
    public static readonly Address BeaconRoots = Address.Parse("0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02");

    /// <summary>EIP-2935, from Prague on.</summary>
    public static readonly Address HistoryStorage = Address.Parse("0x0000F90827F1C53a10cb7A02335B175320002935");

    /// <summary>EIP-7002, from Prague on.</summary>
    public static readonly Address WithdrawalRequests = Address.Parse("0x00000961Ef480Eb55e80D19ad83579A64c007002");

    /// <summary>EIP-7251, from Prague on.</summary>
    public static readonly Address ConsolidationRequests = Address.Parse("0x0000BBdDc7CE488642fb579F8B00f3a590007251");

    private const string BeaconRootsCode =
        "3373fffffffffffffffffffffffffffffffffffffffe14604d57602036146024575f5ffd5b5f35801560495762001fff810690815414603c575f5ffd5b62001f"
        + "ff01545f5260205ff35b5f5ffd5b62001fff42064281555f359062001fff015500";

    private const string HistoryStorageCode =
        "3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f35600143038111604257611fff81430311604257611fff9006545f526020"
        + "5ff35b5f5ffd5b5f35611fff60014303065500";

    private const string WithdrawalRequestsCode =
        "3373fffffffffffffffffffffffffffffffffffffffe1460cb5760115f54807fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
        + "146101f457600182026001905f5b5f82111560685781019083028483029004916001019190604d565b909390049250505036603814608857366101f457346101"
        + "f4575f5260205ff35b34106101f457600154600101600155600354806003026004013381556001015f35815560010160203590553360601b5f5260385f601437"
        + "604c5fa0600101600355005b6003546002548082038060101160df575060105b5f5b8181146101835782810160030260040181604c02815460601b8152601401"
        + "816001015481526020019060020154807fffffffffffffffffffffffffffffffff00000000000000000000000000000000168252906010019060401c90816038"
        + "1c81600701538160301c81600601538160281c81600501538160201c81600401538160181c81600301538160101c81600201538160081c816001015353600101"
        + "60e1565b910180921461019557906002556101a0565b90505f6002555f6003555b5f54807fffffffffffffffffffffffffffffffffffffffffffffffffffffff"
        + "ffffffffff14156101cd57505f5b6001546002828201116101e25750505f6101e8565b01600290035b5f555f600155604c025ff35b5f5ffd";

    private const string ConsolidationRequestsCode =
        "3373fffffffffffffffffffffffffffffffffffffffe1460d35760115f54807fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
        + "1461019a57600182026001905f5b5f82111560685781019083028483029004916001019190604d565b9093900492505050366060146088573661019a57346101"
        + "9a575f5260205ff35b341061019a57600154600101600155600354806004026004013381556001015f358155600101602035815560010160403590553360601b"
        + "5f5260605f60143760745fa0600101600355005b6003546002548082038060021160e7575060025b5f5b81811461012957828101600402600401816074028154"
        + "60601b815260140181600101548152602001816002015481526020019060030154905260010160e9565b910180921461013b5790600255610146565b90505f60"
        + "02555f6003555b5f54807fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff141561017357505f5b600154600182820111610188"
        + "5750505f61018e565b01600190035b5f555f6001556074025ff35b5f5ffd";

    /// <summary>All four as accounts of a genesis: nonce 1, as a deployment leaves it.</summary>
    public static GenesisAccount[] GenesisAccounts() =>
    [
        Contract(BeaconRoots, BeaconRootsCode),
        Contract(HistoryStorage, HistoryStorageCode),
        Contract(WithdrawalRequests, WithdrawalRequestsCode),
        Contract(ConsolidationRequests, ConsolidationRequestsCode),
    ];

    private static GenesisAccount Contract(in Address address, string code)
    {
        var bytes = Hex.Decode(code);
        return new GenesisAccount(address, UInt256.Zero, 1, new Bytecode(bytes, Keccak256.Hash(bytes)));
    }
}

using System.Buffers;
using System.Text;
using System.Text.Json;
using Grid.Gateway;
using Grid.Gateway.Json;
using Grid.Gateway.JsonRpc;
using Grid.Node.Fuzz.Evm;

namespace Grid.Node.Fuzz.Input;

/// <summary>Reads bytes as a JSON-RPC request, and its parameters in each way that methods read them. Nothing is asked of a grid.</summary>
internal static class RpcRun
{
    private static readonly GatewayOptions Options = new();

    public static Type[] Allowed { get; } = [typeof(JsonException), typeof(RpcException)];

    private static readonly Action<RpcParameters>[] Readers =
    [
        parameters => CallParameter.Parse(parameters, 0),
        parameters => LogFilterParameter.Parse(parameters, 0),
        parameters => parameters.Block(0),
        parameters => parameters.Block(1),
        parameters => parameters.BlockNumber(0),
        parameters => parameters.Address(0),
        parameters => parameters.Hash(0),
        parameters => parameters.Data(0),
        parameters => parameters.Quantity(0),
        parameters => parameters.Quantity(1),
        parameters => parameters.Boolean(1),
        parameters => HexValue.HexOrDecimal(parameters.Required(0), 0),
    ];

    public static byte[] Request(Dice dice)
    {
        const string Address = "0x00000000219ab540356cbb839cbe05303d7705fa";
        var word = EdgeValues.Word(dice).ToHex();
        var hash = "0x" + word[2..].PadLeft(64, '0');
        string[] requests =
        [
            $$"""{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"from":"{{Address}}","to":"{{Address}}","gas":"0x5208","maxFeePerGas":"{{word}}","value":"{{word}}","input":"0x1234","accessList":[{"address":"{{Address}}","storageKeys":["{{hash}}"]}]},{"blockNumber":"0x1"}]}""",
            $$"""{"jsonrpc":"2.0","id":"a","method":"eth_getLogs","params":[{"fromBlock":"0x1","toBlock":"latest","address":["{{Address}}"],"topics":[null,["{{hash}}",null],"{{hash}}"]}]}""",
            $$"""[{"jsonrpc":"2.0","id":null,"method":"eth_getStorageAt","params":["{{Address}}","{{word}}",{"blockHash":"{{hash}}","requireCanonical":true}]},{"jsonrpc":"2.0","method":"eth_blockNumber"}]""",
            $$"""{"jsonrpc":"2.0","id":2,"method":"eth_feeHistory","params":["0x5","latest",[25,75.5]]}""",
            $$"""{"jsonrpc":"2.0","id":3,"method":"eth_getBlockByNumber","params":["pending",false]}""",
        ];
        return Encoding.UTF8.GetBytes(dice.Pick(requests));
    }

    public static void Run(byte[] input)
    {
        using var document = JsonBody.Parse(new ReadOnlySequence<byte>(input), Options.JsonDepthMax);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Array)
        {
            Read(root);
            return;
        }
        foreach (var request in root.EnumerateArray().Take(Options.BatchCallsMax))
        {
            Read(request);
        }
    }

    private static void Read(JsonElement request)
    {
        var call = RpcCall.Read(request, RpcMethodTable.All);
        if (call.Error is not null)
        {
            return;
        }
        foreach (var reader in Readers)
        {
            try
            {
                reader(call.Parameters);
            }
            catch (RpcException)
            {
                // What this one can't read, the next one may.
                continue;
            }
        }
    }
}

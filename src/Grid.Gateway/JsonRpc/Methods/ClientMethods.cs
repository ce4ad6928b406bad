using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Grid.Crypto;

namespace Grid.Gateway.JsonRpc.Methods;

/// <summary>The client itself and its chain (execution-apis, eth/client.yaml; web3, net).</summary>
internal static class ClientMethods
{
    /// <summary>Such as Grid/v0.1.0/linux-x64/dotnet10.0.1.</summary>
    public static readonly string Version =
        $"Grid/v{typeof(ClientMethods).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0]}"
        + $"/{RuntimeInformation.RuntimeIdentifier}/dotnet{Environment.Version}";

    public static ValueTask<RpcAnswer> ClientVersion(RpcContext context, RpcParameters parameters) => new(RpcAnswer.Text(Version));

    public static ValueTask<RpcAnswer> Sha3(RpcContext context, RpcParameters parameters) => new(RpcAnswer.Data(Keccak256.Hash(parameters.Data(0))));

    public static ValueTask<RpcAnswer> NetVersion(RpcContext context, RpcParameters parameters) =>
        new(RpcAnswer.Text(context.Grid.Chain.Spec.ChainId.ToString(CultureInfo.InvariantCulture)));

    public static ValueTask<RpcAnswer> NetListening(RpcContext context, RpcParameters parameters) => new(RpcAnswer.Boolean(true));

    public static ValueTask<RpcAnswer> ChainId(RpcContext context, RpcParameters parameters) => new(RpcAnswer.Quantity(context.Grid.Chain.Spec.ChainId));

    /// <summary>False: a grid makes its blocks itself and has none to catch up with.</summary>
    public static ValueTask<RpcAnswer> Syncing(RpcContext context, RpcParameters parameters) => new(RpcAnswer.Boolean(false));

    /// <summary>Empty: the node holds no keys.</summary>
    public static ValueTask<RpcAnswer> Accounts(RpcContext context, RpcParameters parameters) => new(RpcAnswer.Of(static writer =>
    {
        writer.WriteStartArray();
        writer.WriteEndArray();
    }));
}

namespace Grid.Gateway.JsonRpc;

/// <summary>What methods work with.</summary>
internal sealed record RpcContext(IGridAccess Grid, GatewayOptions Options);

internal delegate ValueTask<RpcAnswer> RpcHandler(RpcContext context, RpcParameters parameters);

/// <summary>Answers neighbouring calls of one method together: one answer each, in order.</summary>
internal delegate Task<RpcAnswer[]> RpcBatchHandler(RpcContext context, IReadOnlyList<RpcParameters> calls);

/// <summary>A method of the table.</summary>
/// <param name="ParametersMax">More parameters are refused.</param>
/// <param name="HandleMany">For a method that gains from answering neighbouring calls of a batch together.</param>
internal sealed record RpcMethod(string Name, int ParametersMax, RpcHandler Handle, RpcBatchHandler? HandleMany = null);

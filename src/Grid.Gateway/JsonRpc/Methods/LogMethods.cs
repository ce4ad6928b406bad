using Grid.Gateway.Json;
using Grid.Grains.Reader;

namespace Grid.Gateway.JsonRpc.Methods;

/// <summary>Logs (execution-apis, eth/filter.yaml).</summary>
internal static class LogMethods
{
    public static async ValueTask<RpcAnswer> GetLogs(RpcContext context, RpcParameters parameters)
    {
        var query = LogFilterParameter.Parse(parameters, 0);
        if (query.BlockHash is null && await CheckRange(context, query) is { } error)
        {
            return error;
        }
        LogView[] logs;
        try
        {
            logs = await context.Grid.Reader.GetLogs(query);
        }
        catch (LogQueryException exception)
        {
            return ErrorOf(exception);
        }
        catch (BlockNotFoundException)
        {
            return RpcError.Refused("unknown block");
        }
        return RpcAnswer.Of(writer =>
        {
            writer.WriteStartArray();
            foreach (var log in logs)
            {
                ReceiptJson.WriteLog(writer, log);
            }
            writer.WriteEndArray();
        });
    }

    private static async Task<RpcError?> CheckRange(RpcContext context, LogQuery query)
    {
        var head = (await context.Grid.Reader.GetChainInfo()).Head.Number;
        var (from, to) = (NumberOf(query.From, head), NumberOf(query.To, head));
        if (from > to)
        {
            return new RpcError(RpcErrorCode.InvalidParameters, "invalid block range params");
        }
        return to > head ? new RpcError(RpcErrorCode.InvalidParameters, "block range extends beyond current head block") : null;
    }

    private static ulong NumberOf(BlockSelector selector, ulong head) => selector.Tag switch
    {
        BlockTag.Number => selector.Number,
        BlockTag.Earliest => 0UL,
        _ => head,
    };

    private static RpcError ErrorOf(LogQueryException exception) => exception.Limit switch
    {
        LogQueryLimit.Blocks => new RpcError(RpcErrorCode.LimitExceeded, $"exceed maximum block range: {exception.Allowed}"),
        LogQueryLimit.Logs => new RpcError(RpcErrorCode.LimitExceeded, $"query returned more than {exception.Allowed} results"),
        _ => new RpcError(RpcErrorCode.InvalidParameters, "invalid block range params"),
    };
}

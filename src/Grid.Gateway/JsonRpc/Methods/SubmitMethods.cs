using Grid.Chain;
using Grid.Gateway.Submission;
using Grid.Grains.Pool;
using Grid.Primitives;

namespace Grid.Gateway.JsonRpc.Methods;

/// <summary>Signed transactions (execution-apis, eth/submit.yaml).</summary>
internal static class SubmitMethods
{
    public static async ValueTask<RpcAnswer> SendRawTransaction(RpcContext context, RpcParameters parameters)
    {
        var raw = parameters.Data(0);
        var results = await context.Grid.SubmitAsync([raw]);
        return AnswerOf(results[0], raw);
    }

    /// <summary>Neighbouring submissions of a batch enter together: in their order, with one message a pool.</summary>
    public static async Task<RpcAnswer[]> SendRawTransactions(RpcContext context, IReadOnlyList<RpcParameters> calls)
    {
        var answers = new RpcAnswer[calls.Count];
        var raw = new List<ReadOnlyMemory<byte>>(calls.Count);
        var places = new List<int>(calls.Count);
        for (var i = 0; i < calls.Count; i++)
        {
            try
            {
                raw.Add(calls[i].Data(0));
                places.Add(i);
            }
            catch (RpcException exception)
            {
                answers[i] = exception.Error;
            }
        }
        var results = raw.Count > 0 ? await context.Grid.SubmitAsync(raw) : [];
        for (var k = 0; k < results.Length; k++)
        {
            answers[places[k]] = AnswerOf(results[k], raw[k]);
        }
        return answers;
    }

    /// <summary>A transaction that is known already is answered like a new one: sending it again is safe, and wallets do.</summary>
    private static RpcAnswer AnswerOf(IntakeResult result, ReadOnlyMemory<byte> raw) => result.Status == SubmitStatus.Rejected
        ? RpcError.Refused(RefusalText.Of(result, SenderOf(result, raw)))
        : RpcAnswer.Data(result.Hash!.Value);

    private static Address? SenderOf(IntakeResult result, ReadOnlyMemory<byte> raw) =>
        result.Hash is not null && Transaction.TryDecode(raw.Span, out var transaction, out _) && transaction.TryGetSender(out var sender)
            ? sender
            : null;
}

using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Text.Json;
using Grid.Gateway.Http;
using Grid.Gateway.Json;
using Microsoft.Extensions.Logging;

namespace Grid.Gateway.JsonRpc;

/// <summary>Answers JSON-RPC requests: finds the method, has it asked, and writes answers straight into the response.</summary>
/// <remarks>
/// Safe to use by many requests at once: what it holds never changes after construction. The calls of a batch run one after the
/// other, so that a batch means what its order says; neighbouring calls of one method may be handed over together.
/// </remarks>
internal sealed partial class Dispatcher(RpcContext context, RpcMeter meter, ILogger<Dispatcher> logger)
{
    private const int FlushAboveBytes = 64 * 1024;

    private static readonly JsonEncodedText Version = JsonEncodedText.Encode("jsonrpc");
    private static readonly JsonEncodedText Two = JsonEncodedText.Encode("2.0");
    private static readonly JsonEncodedText Id = JsonEncodedText.Encode("id");
    private static readonly JsonEncodedText Result = JsonEncodedText.Encode("result");
    private static readonly JsonEncodedText Error = JsonEncodedText.Encode("error");
    private static readonly JsonEncodedText Code = JsonEncodedText.Encode("code");
    private static readonly JsonEncodedText Message = JsonEncodedText.Encode("message");

    /// <summary>Answers a request body. Nothing is written for notifications.</summary>
    public async Task AnswerAsync(ReadOnlySequence<byte> body, PipeWriter output)
    {
        JsonDocument document;
        try
        {
            document = JsonBody.Parse(in body, context.Options.JsonDepthMax);
        }
        catch (JsonException)
        {
            WriteError(output, new RpcError(RpcErrorCode.Parse, "parse error"));
            return;
        }
        using (document)
        {
            await using var writer = NewWriter(output);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Array)
            {
                await AnswerBatch(root, writer, output);
                return;
            }
            var start = Stopwatch.GetTimestamp();
            var call = RpcCall.Read(root, RpcMethodTable.All);
            var answer = await Answer(call);
            meter.Answered(call.Method, [answer], start);
            if (!call.IsNotification)
            {
                Write(writer, call.Id, answer);
            }
        }
    }

    /// <summary>Writes the answer to a request that couldn't be read.</summary>
    public static void WriteError(PipeWriter output, RpcError error)
    {
        using var writer = NewWriter(output);
        Write(writer, default, error);
    }

    private async Task AnswerBatch(JsonElement batch, Utf8JsonWriter writer, PipeWriter output)
    {
        var count = batch.GetArrayLength();
        if (count == 0 || count > context.Options.BatchCallsMax)
        {
            Write(writer, default, new RpcError(RpcErrorCode.InvalidRequest, count == 0 ? "empty batch" : "batch too large"));
            return;
        }
        var calls = batch.EnumerateArray().Select(request => RpcCall.Read(request, RpcMethodTable.All)).ToArray();
        var begun = false;
        for (var i = 0; i < count;)
        {
            var start = Stopwatch.GetTimestamp();
            var run = NeighboursOf(calls, i);
            var isTooLarge = writer.BytesCommitted + writer.BytesPending > context.Options.BatchAnswerBytesMax;
            var answers = isTooLarge
                ? [.. Enumerable.Repeat<RpcAnswer>(new RpcError(RpcErrorCode.AnswerTooLarge, "response too large"), run)]
                : run > 1 ? await AnswerTogether(calls.AsMemory(i, run)) : [await Answer(calls[i])];
            meter.Answered(calls[i].Method, answers, start);
            for (var k = 0; k < run; k++)
            {
                if (calls[i + k].IsNotification)
                {
                    continue;
                }
                if (!begun)
                {
                    writer.WriteStartArray();
                    begun = true;
                }
                Write(writer, calls[i + k].Id, answers[k]);
            }
            i += run;
            if (writer.BytesPending > FlushAboveBytes)
            {
                await writer.FlushAsync();
                await output.FlushAsync();
            }
        }
        if (begun)
        {
            writer.WriteEndArray();
        }
    }

    /// <summary>How many calls from this one on are handed over together: 1 for most.</summary>
    private int NeighboursOf(RpcCall[] calls, int start)
    {
        var method = calls[start].Method;
        var end = start + 1;
        while (method?.HandleMany is not null && end < calls.Length && calls[end].Method == method && end - start < context.Grid.SubmitMax)
        {
            end++;
        }
        return end - start;
    }

    private async Task<RpcAnswer[]> AnswerTogether(ReadOnlyMemory<RpcCall> calls)
    {
        var method = calls.Span[0].Method!;
        var parameters = new RpcParameters[calls.Length];
        for (var i = 0; i < parameters.Length; i++)
        {
            parameters[i] = calls.Span[i].Parameters;
        }
        try
        {
            return await method.HandleMany!(context, parameters);
        }
        catch (Exception exception) // the boundary: whatever a method throws becomes an answer
        {
            return [.. Enumerable.Repeat<RpcAnswer>(ErrorOf(method, exception), parameters.Length)];
        }
    }

    private async ValueTask<RpcAnswer> Answer(RpcCall call)
    {
        if (call.Method is not { } method)
        {
            return call.Error!;
        }
        try
        {
            return await method.Handle(context, call.Parameters);
        }
        catch (Exception exception) // the boundary: whatever a method throws becomes an answer
        {
            return ErrorOf(method, exception);
        }
    }

    private RpcError ErrorOf(RpcMethod method, Exception exception)
    {
        if (exception is RpcException rpc)
        {
            return rpc.Error;
        }
        if (GridFailure.IsMissingState(exception, out var why))
        {
            return RpcError.Refused(why);
        }
        if (GridFailure.IsTemporary(exception))
        {
            LogUnavailable(method.Name, GridFailure.ReasonOf(exception));
            return new RpcError(RpcErrorCode.Unavailable, GridFailure.TemporaryText(exception));
        }
        LogFailure(exception, method.Name);
        return new RpcError(RpcErrorCode.Internal, "internal error");
    }

    private static void Write(Utf8JsonWriter writer, JsonElement id, RpcAnswer answer)
    {
        writer.WriteStartObject();
        writer.WriteString(Version, Two);
        writer.WritePropertyName(Id);
        if (id.ValueKind == JsonValueKind.Undefined)
        {
            writer.WriteNullValue();
        }
        else
        {
            id.WriteTo(writer);
        }
        if (answer.Error is { } error)
        {
            writer.WriteStartObject(Error);
            writer.WriteNumber(Code, error.Code);
            writer.WriteString(Message, error.Message);
            if (error.Data is not null)
            {
                writer.WriteData(FieldNames.Data, error.Data);
            }
            writer.WriteEndObject();
        }
        else
        {
            writer.WritePropertyName(Result);
            answer.WriteResult(writer);
        }
        writer.WriteEndObject();
    }

    /// <summary>Unchecked, because all that writes is in this assembly; quotes in messages stay readable.</summary>
    private static Utf8JsonWriter NewWriter(PipeWriter output) => new(output, new JsonWriterOptions
    {
        SkipValidation = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} could not be answered: {Reason}")]
    private partial void LogUnavailable(string method, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} failed")]
    private partial void LogFailure(Exception exception, string method);
}

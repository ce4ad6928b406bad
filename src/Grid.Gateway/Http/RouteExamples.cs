using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Grid.Gateway.Http;

/// <summary>Examples of a route, for its page in the reference.</summary>
/// <param name="RequestMediaType">Null where the route takes no body.</param>
internal sealed record RouteExamples(string? RequestMediaType, string? Request, IReadOnlyDictionary<string, string> Parameters, int Status, string Response);

/// <summary>Puts the examples of routes into the OpenAPI document.</summary>
internal static class RouteExamplesExtensions
{
    public static TBuilder WithExample<TBuilder>(this TBuilder builder, int status, string response, params (string Name, string Value)[] parameters)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new RouteExamples(null, null, parameters.ToDictionary(x => x.Name, x => x.Value), status, response));

    public static TBuilder WithBodyExample<TBuilder>(this TBuilder builder, string mediaType, string request, int status, string response)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new RouteExamples(mediaType, request, new Dictionary<string, string>(), status, response));

    public static Task Apply(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        foreach (var example in context.Description.ActionDescriptor.EndpointMetadata.OfType<RouteExamples>())
        {
            ApplyRequest(operation, example);
            foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
            {
                if (parameter.Name is { } name && example.Parameters.TryGetValue(name, out var value))
                {
                    parameter.Example = JsonValue.Create(value);
                }
            }
            if (operation.Responses?.TryGetValue($"{example.Status}", out var response) == true && response.Content is { } content)
            {
                foreach (var mediaType in content.Values)
                {
                    mediaType.Example = Parse(example.Response);
                }
            }
        }
        return Task.CompletedTask;
    }

    private static void ApplyRequest(OpenApiOperation operation, RouteExamples example)
    {
        if (example.RequestMediaType is { } mediaType && operation.RequestBody?.Content is { } bodies && bodies.TryGetValue(mediaType, out var body))
        {
            body.Example = mediaType == "text/plain" ? JsonValue.Create(example.Request) : Parse(example.Request!);
        }
    }

    private static JsonNode? Parse(string json) => JsonNode.Parse(json);
}

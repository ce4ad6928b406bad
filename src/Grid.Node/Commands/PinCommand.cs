using System.CommandLine;
using Grid.Client;
using Grid.Primitives;

namespace Grid.Node.Commands;

/// <summary>`grid pin`: has a shard of a running cluster move to a silo, and stay there.</summary>
public static class PinCommand
{
    public static Command Create()
    {
        var shard = new Option<int?>("--shard") { Description = "The shard, as GET /v1/grains numbers them.", HelpName = "N" };
        var account = new Option<string>("--account") { Description = "Instead: the account whose shard is meant, with all others that the shard has.", HelpName = "ADDRESS" };
        var silo = new Option<string>("--silo") { Description = "Where the silo listens for other silos, HOST:PORT, or the name of its pod: the shard is there whenever that silo is active.", HelpName = "NAME" };
        var remove = new Option<bool>("--remove") { Description = "Instead: the shard goes back to where the layout has it." };
        var url = CommonOptions.Url($"A gateway of the cluster, on this machine. Without it: {CommonOptions.DefaultUrl}.");
        var command = new Command("pin", "Has a shard of a running cluster move to a silo, and stay there; prints all that are pinned.") { shard, account, silo, remove, url };
        CommonOptions.Check(account, text => text is null || Address.TryParse(text, out _), "--account takes 0x and 40 hexadecimal digits.");
        command.Validators.Add(result =>
        {
            if ((result.GetResult(shard) is null) == (result.GetResult(account) is null))
            {
                result.AddError("One of --shard and --account says what is meant.");
            }
            if ((result.GetResult(silo) is null) == (result.GetResult(remove) is null or { Implicit: true }))
            {
                result.AddError("One of --silo and --remove says where it goes.");
            }
        });
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetValue(shard), parsed.GetValue(account), parsed.GetValue(silo), parsed.GetValue(url) ?? new Uri(CommonOptions.DefaultUrl), parsed.InvocationConfiguration, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(int? shard, string? account, string? silo, Uri url, InvocationConfiguration configuration, CancellationToken cancellation)
    {
        try
        {
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = url };
            var client = new GridClient(http);
            var pins = shard is { } number ? await client.PinShardAsync(number, silo, cancellation) : await client.PinAccountAsync(account!, silo, cancellation);
            foreach (var pin in pins)
            {
                await configuration.Output.WriteLineAsync($"shard {pin.Shard}: {pin.Silo}");
            }
            return ExitCode.Ok;
        }
        catch (Exception error) when (error is GridException or HttpRequestException)
        {
            await configuration.Error.WriteLineAsync(error is HttpRequestException ? $"{url} doesn't answer: {error.Message}" : error.Message);
            return ExitCode.Failure;
        }
    }
}

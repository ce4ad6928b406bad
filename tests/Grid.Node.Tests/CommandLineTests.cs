using System.CommandLine;

namespace Grid.Node.Tests;

public class CommandLineTests
{
    private static IEnumerable<(string[] Path, Command Command)> Commands(Command command, string[] path) =>
        command.Subcommands.SelectMany(sub => Commands(sub, [.. path, sub.Name])).Prepend((path, command));

    [Fact]
    public void Text_where_a_number_is_wanted_is_told_as_an_error()
    {
        var root = CommandLine.Create();
        var numbers = Commands(root, []).SelectMany(x => x.Command.Options.Where(IsNumber).Select(option => (x.Path, option.Name))).ToArray();
        Assert.True(numbers.Length > 40);
        foreach (var (path, name) in numbers)
        {
            Assert.NotEmpty(root.Parse([.. path, name, "twelve"]).Errors);
        }
    }

    [Theory]
    [InlineData("node", "--lanes", "--lanes takes a number from 1 to")]
    [InlineData("silo", "--silo-gateway", "--silo-gateway takes a port from 1 to 65535")]
    public async Task The_error_says_what_is_wanted(string command, string option, string why)
    {
        var run = await CommandRun.OfAsync(command, option, "127.0.0.1:30000");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(why, run.Error, StringComparison.Ordinal);
    }

    private static bool IsNumber(Option option) =>
        (Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType) is { IsPrimitive: true } type && type != typeof(bool);
}

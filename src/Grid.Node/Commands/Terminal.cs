using System.CommandLine;
using System.Text;
using Spectre.Console;

namespace Grid.Node.Commands;

/// <summary>Progress for people who watch: nothing but plain lines when the output is a file, a pipe or a test's writer.</summary>
public static class Terminal
{
    /// <summary>Runs work that writes lines and, on a terminal, moves a bar below them.</summary>
    public static T WithProgress<T>(InvocationConfiguration configuration, string title, Func<TextWriter, ProgressTask?, T> work)
    {
        if (!IsWatched(configuration))
        {
            return work(configuration.Output, null);
        }
        var result = default(T)!;
        Bar().Start(context => result = work(new ConsoleLines(), context.AddTask(title)));
        return result;
    }

    /// <summary>Runs work that says how far it is and, on a terminal, moves a bar.</summary>
    /// <param name="total">What the work's steps add up to.</param>
    public static async Task<T> WithProgressAsync<T>(InvocationConfiguration configuration, string title, double total, Func<Action<int>?, Task<T>> work)
    {
        if (!IsWatched(configuration))
        {
            return await work(null);
        }
        var result = default(T)!;
        await Bar().StartAsync(async context =>
        {
            var task = context.AddTask(title, maxValue: total);
            result = await work(step => task.Increment(step));
        });
        return result;
    }

    private static bool IsWatched(InvocationConfiguration configuration) =>
        !Console.IsOutputRedirected && ReferenceEquals(configuration.Output, Console.Out) && AnsiConsole.Profile.Capabilities.Interactive;

    private static Progress Bar() => AnsiConsole.Progress()
        .AutoClear(true)
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn());

    /// <summary>Puts whole lines above the bar.</summary>
    private sealed class ConsoleLines : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => AnsiConsole.Write(value);

        public override void Write(string? value) => AnsiConsole.Write(new Text(value ?? ""));

        public override void WriteLine(string? value) => AnsiConsole.WriteLine(value ?? "");
    }
}

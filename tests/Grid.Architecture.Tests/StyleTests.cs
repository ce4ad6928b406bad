using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Grid.Architecture.Tests;

public sealed class StyleTests
{
    private const int FileLinesMax = 700;

    // Written in pieces, so that this file doesn't find itself.
    private static readonly Regex LeftForSomeone = new(@"\b(TO" + @"DO|FIX" + @"ME|HA" + @"CK)\b|NotImplemented" + @"Exception|\bSki" + @"p *=", RegexOptions.CultureInvariant);

    private static readonly Regex SwallowedError = new(@"catch *(\(Exception[^)]*\))? *\{ *\}", RegexOptions.CultureInvariant);

    /// <summary>Hosts that packages come from, and folders of the machine that something was written on.</summary>
    private static readonly string[] Foreign =
    [
        "registry" + ".npmjs", "registry" + ".yarnpkg", "api" + ".nuget.org", "www" + ".nuget.org/api", "npm" + ".pkg.github", "/ro" + "ot/", "/wo" + "rk/", "/ho" + "me/", "C:" + "\\Users",
    ];

    private static readonly HashSet<string> EmptyWords = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Impl"];

    [Fact]
    public void No_source_file_is_too_long()
    {
        var tooLong = Repository.Files("src", "*.cs").Select(path => (path, Lines: File.ReadLines(Repository.At(path)).Count())).Where(file => file.Lines > FileLinesMax);
        Assert.Empty(tooLong);
    }

    [Fact]
    public void Nothing_is_left_for_someone_or_skipped() => Assert.Empty(Find(CSharp(), LeftForSomeone.IsMatch));

    [Fact]
    public void No_error_is_swallowed() => Assert.Empty(Find(CSharp(), SwallowedError.IsMatch));

    [Fact]
    public void No_committed_text_names_a_registry_or_a_machine()
    {
        var text = Repository.Files().Where(path => !IsBinary(Repository.At(path)));
        Assert.Empty(Find(text, line => Foreign.Any(word => line.Contains(word, StringComparison.OrdinalIgnoreCase))));
    }

    [Fact]
    public void Type_names_say_something()
    {
        var wrong = AssemblyTable.Built().SelectMany(assembly => assembly.GetTypes()).Where(IsOurs)
            .Where(type => Words(type.Name) is var words && (words.Any(EmptyWords.Contains) || words[^1] == "Base"))
            .Select(type => type.FullName);
        Assert.Empty(wrong);
    }

    private static IEnumerable<string> CSharp() => Repository.Files("src", "*.cs").Concat(Repository.Files("tests", "*.cs"));

    private static IEnumerable<string> Find(IEnumerable<string> paths, Func<string, bool> isWrong) =>
        paths.SelectMany(path => File.ReadLines(Repository.At(path)).Select((line, i) => (line, Number: i + 1)).Where(x => isWrong(x.line)).Select(x => $"{path}:{x.Number}: {x.line.Trim()}"));

    /// <summary>A zero byte near the beginning: what git goes by.</summary>
    private static bool IsBinary(string path)
    {
        using var file = File.OpenRead(path);
        var start = new byte[8_000];
        return start.AsSpan(0, file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)).Contains((byte)0);
    }

    private static bool IsOurs(Type type) =>
        !type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
        && !type.IsDefined(typeof(System.CodeDom.Compiler.GeneratedCodeAttribute), inherit: false)
        && type.Namespace?.StartsWith("Grid", StringComparison.Ordinal) == true
        && (type.DeclaringType is null || IsOurs(type.DeclaringType));

    /// <summary>The words of a name in capitals: "HotAccounts`1" has Hot and Accounts.</summary>
    private static string[] Words(string name) => [.. Regex.Matches(name.Split('`')[0], "[A-Z][a-z0-9]*|[a-z0-9_]+").Select(match => match.Value).DefaultIfEmpty(name)];
}

using System.Text.RegularExpressions;

namespace Grid.Architecture.Tests;

/// <summary>A new opcode is a row, a method and a test file named after its EIP, and nothing else: counted at CLZ (EIP-7939), the newest one.</summary>
public sealed class OpcodePlacesTests
{
    private static readonly Regex Opcode = new(@"\bclz\b", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);

    [Fact]
    public void An_opcode_is_a_row_a_method_and_a_test_file()
    {
        var row = Places("src", line => line.Contains("\"CLZ\"", StringComparison.Ordinal));
        Assert.Equal(["src/Grid.Evm/OpcodeTable.Rows.cs"], row);
        var method = Places("src", line => Regex.IsMatch(line, @"static void Clz\(", RegexOptions.CultureInvariant));
        Assert.Equal(["src/Grid.Evm/Instructions/Bitwise.cs"], method);
        // Every line of code that names the opcode, comments aside, is one of these.
        Assert.Equal(row.Concat(method).Order(StringComparer.Ordinal), Places("src", Opcode.IsMatch).Order(StringComparer.Ordinal));
        Assert.Equal(["tests/Grid.Evm.Tests/Eip7939Tests.cs"], Places("tests", Opcode.IsMatch).Where(path => !path.Contains(nameof(OpcodePlacesTests), StringComparison.Ordinal)).Distinct());
    }

    /// <summary>A file for each line of code that fits.</summary>
    private static string[] Places(string folder, Func<string, bool> fits) =>
    [
        .. Repository.Files(folder, "*.cs").SelectMany(path => File.ReadLines(Repository.At(path))
            .Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && fits(line))
            .Select(_ => path)),
    ];
}

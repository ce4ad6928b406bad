using System.CommandLine;

namespace Grid.Node.Commands;

/// <summary>`grid bench`: measures parts of Grid on given work, and checks the results.</summary>
public static class BenchCommand
{
    public static Command Create() => new("bench", "Measures the interpreter or whole blocks on given work, and checks that the results are right.")
    {
        BenchEvmCommand.Create(),
        BenchBlockCommand.Create(),
    };
}

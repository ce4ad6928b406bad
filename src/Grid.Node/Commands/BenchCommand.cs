using System.CommandLine;

namespace Grid.Node.Commands;

/// <summary>`grid bench`: measures parts of Grid on given work, and checks the results.</summary>
public static class BenchCommand
{
    public static Command Create() => new("bench", "Measures the interpreter, whole blocks, imports, clusters of processes, precompiles or a node on a large state, and checks that the results are right.")
    {
        BenchEvmCommand.Create(),
        BenchBlockCommand.Create(),
        BenchClusterCommand.Create(),
        BenchImportCommand.Create(),
        BenchPrecompilesCommand.Create(),
        BenchStateCommand.Create(),
    };
}

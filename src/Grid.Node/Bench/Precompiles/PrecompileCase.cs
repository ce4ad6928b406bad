using System.Globalization;
using Grid.Evm;

namespace Grid.Node.Bench.Precompiles;

/// <summary>One call of a precompile, and what it must give.</summary>
/// <param name="Name">The precompile, and what is hard about the input.</param>
/// <param name="Output">Made by other means than the call: a known answer, a second computation, or a property of the result.</param>
/// <param name="Fork">The rules to run under; null for the latest fork of those that price the input lowest.</param>
public sealed record PrecompileCase(string Name, int Address, byte[] Input, byte[] Output, Fork? Fork = null);

/// <summary>What one case gave. Scripts read these names.</summary>
/// <param name="Gas">The precompile's own gas: without that of the call.</param>
/// <param name="NsMedian">Nanoseconds of processor time that a call takes.</param>
/// <param name="Ok">Whether the output is right.</param>
public sealed record PrecompileResult(string Case, string Precompile, string Fork, long Gas, double NsMedian, double MgasPerS, bool Ok)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Case,-40} {Precompile,-5} {Fork,-10} {Gas,11} gas {NsMedian,13:F0} ns {MgasPerS,8:F1} Mgas/s{(Ok ? "" : "  WRONG")}");
}

using Grid.Primitives;

namespace Grid.Chain;

/// <summary>The ranges of a signature's values (Yellow Paper, appendix F; EIP-2).</summary>
public static class SignatureRules
{
    /// <summary>The order of secp256k1: SEC 2, section 2.4.1.</summary>
    public static readonly UInt256 CurveOrder = UInt256.Parse("0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");

    /// <summary>EIP-2: from Homestead on, s is at most half of the order.</summary>
    public static readonly UInt256 HalfCurveOrder = CurveOrder >> 1;
}

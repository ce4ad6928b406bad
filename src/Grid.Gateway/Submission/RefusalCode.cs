using System.Text;
using Grid.Grains.Pool;

namespace Grid.Gateway.Submission;

/// <summary>A refusal's machine-readable name and the HTTP status that goes with it.</summary>
internal static class RefusalCode
{
    /// <summary>Such as "nonce-too-low".</summary>
    public static string Of(IntakeResult result) =>
        ToKebab(result.Refusal is PoolRefusal.None or PoolRefusal.Invalid ? result.Error.Code.ToString() : result.Refusal.ToString());

    /// <summary>
    /// 400: the bytes are no transaction. 409: another one is in its place. 429, 503: the pool has no room for it now. 422: the
    /// chain's rules refuse it.
    /// </summary>
    public static int HttpStatusOf(IntakeResult result) => result switch
    {
        { Refusal: PoolRefusal.ReplacementUnderpriced } => 409,
        { Refusal: PoolRefusal.SenderLimitReached } => 429,
        { Refusal: PoolRefusal.PoolFull } => 503,
        { Refusal: PoolRefusal.TooLarge } => 413,
        { Hash: null } => 400,
        _ => 422,
    };

    internal static string ToKebab(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        foreach (var c in name)
        {
            if (char.IsUpper(c) && text.Length > 0)
            {
                text.Append('-');
            }
            text.Append(char.ToLowerInvariant(c));
        }
        return text.ToString();
    }
}

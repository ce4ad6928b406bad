using Grid.Primitives;

namespace Grid.Chain;

public sealed partial class Transaction
{
    /// <summary>The account that signed, recovered on first use; false where the signature is nobody's.</summary>
    public bool TryGetSender(out Address sender)
    {
        sender = _sender;
        return _senderKnown;
    }
}

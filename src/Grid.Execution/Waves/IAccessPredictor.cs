using Grid.Chain;
using Grid.Primitives;
using Grid.State;

namespace Grid.Execution.Waves;

/// <summary>
/// A place in the state by a number of 64 bits: equal for equal places. Different places that share a number cost parallelism, never
/// correctness. The mixing has a secret of the process, so that nobody can choose places that share one.
/// </summary>
public static class Location
{
    private static readonly ulong s_secret = BitConverter.ToUInt64(Guid.NewGuid().ToByteArray()) | 1;

    /// <summary>An account's nonce and funds.</summary>
    public static ulong OfAccount(in Address address) => Mix(HashOf(in address), 1);

    /// <summary>An account's code.</summary>
    public static ulong OfCode(in Address address) => Mix(HashOf(in address), 2);

    /// <summary>A slot by its key.</summary>
    public static ulong OfSlot(in Address address, in UInt256 key) => OfSlot(HashOf(in address), HashOf(in key));

    /// <summary>The same by the hashes of both, for who has them.</summary>
    public static ulong OfSlot(ulong addressHash, ulong keyHash) => Mix(Mix(addressHash, 3), keyHash);

    /// <summary>Adds one more component.</summary>
    public static ulong Mix(ulong hash, ulong part)
    {
        var high = Math.BigMul(hash ^ s_secret, part ^ 0x9E3779B97F4A7C15UL, out var low);
        return (high ^ low ^ (hash << 17) ^ (hash >> 13)) + part;
    }

    public static ulong HashOf(in Address address)
    {
        var bytes = address.Span;
        return Mix(Mix(BitConverter.ToUInt64(bytes), BitConverter.ToUInt64(bytes[8..])), BitConverter.ToUInt32(bytes[16..]));
    }

    public static ulong HashOf(in UInt256 word) => Mix(Mix(Mix(word.U0, word.U1), word.U2), word.U3);
}

/// <summary>A place that a transaction is expected to access.</summary>
public readonly record struct PredictedAccess(ulong Location, bool IsWrite);

/// <summary>A slot by its key.</summary>
public readonly record struct PredictedSlot(Address Account, UInt256 Key);

/// <summary>What the planner learns of a transaction.</summary>
public sealed class Prediction
{
    /// <summary>Places that tie transactions; what commutes, and what nobody writes, needs not be here.</summary>
    public List<PredictedAccess> Accesses { get; } = [];

    /// <summary>Gas units that it will use, as far as one can tell; 0 for unknown.</summary>
    public ulong Gas { get; set; }

    /// <summary>The account that owns most of what it writes; null where there is none.</summary>
    public Address? Anchor { get; set; }

    public void Clear()
    {
        Accesses.Clear();
        Gas = 0;
        Anchor = null;
    }
}

/// <summary>
/// Says what a call will touch. Only speed depends on it: whatever it says, the block comes out the same. Senders, their funds and
/// authorities are the planner's own business.
/// </summary>
public interface IAccessPredictor
{
    /// <summary>Adds to the prediction; false where nothing is known of the call.</summary>
    /// <param name="transaction">Its sender is known; it isn't a plain transfer.</param>
    /// <param name="reader">The state before the block.</param>
    bool TryPredict(Transaction transaction, IStateReader reader, Prediction into);

    /// <summary>Adds the slots that the call is expected to touch of accounts that are wanted, as far as their keys can be told.</summary>
    /// <param name="transaction">As in <see cref="TryPredict"/>.</param>
    /// <param name="reader">The state before the block.</param>
    void Locate(Transaction transaction, IStateReader reader, Predicate<Address> isWanted, ICollection<PredictedSlot> into);

    /// <summary>A predictor of the same for another thread; all may be used at once, each by one thread.</summary>
    IAccessPredictor Fork();

    /// <summary>Slots whose values predictions followed from, those of forks among them: at hand they make the next block's predictions better.</summary>
    IEnumerable<PredictedSlot> Sources { get; }
}

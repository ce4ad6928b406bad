using Grid.Chain;
using Grid.Primitives;
using Grid.State;

namespace Grid.Execution.Waves;

/// <summary>Knows nothing of any call.</summary>
public sealed class NoPredictor : IAccessPredictor
{
    public static readonly NoPredictor Instance = new();

    public bool TryPredict(Transaction transaction, IStateReader reader, Prediction into) => false;

    public void Locate(Transaction transaction, IStateReader reader, Predicate<Address> isWanted, ICollection<PredictedSlot> into)
    {
    }

    public IAccessPredictor Fork() => this;

    public IEnumerable<PredictedSlot> Sources => [];
}

using System.Collections.Concurrent;
using Grid.Chain;
using Grid.Execution.Waves;
using Grid.Primitives;
using Grid.State;

namespace Grid.Execution.Profiles;

/// <summary>The profiles that contracts have published here.</summary>
/// <remarks>Safe because profiles are immutable, and one is replaced as a whole. Bounded: over the limit, others make room.</remarks>
/// <param name="contractsMax">The most contracts; with none, nothing is kept, and every call is unknown.</param>
public sealed class ProfileTable(int contractsMax = 65_536)
{
    private readonly ConcurrentDictionary<Address, ContractProfile> _profiles = new();

    public int Count => _profiles.Count;

    public ContractProfile? Find(in Address contract) => _profiles.TryGetValue(contract, out var profile) ? profile : null;

    public void Publish(in Address contract, ContractProfile profile)
    {
        if (contractsMax == 0)
        {
            return;
        }
        if (_profiles.Count >= contractsMax && !_profiles.ContainsKey(contract))
        {
            foreach (var other in _profiles.Keys.Take(1 + (contractsMax / 16)))
            {
                _profiles.TryRemove(other, out _);
            }
        }
        _profiles[contract] = profile;
    }

    /// <summary>Learns from calls at once, and publishes: for who has no grains.</summary>
    public PredictionScore Learn(IEnumerable<CallObservation> observations)
    {
        var score = default(PredictionScore);
        foreach (var calls in observations.GroupBy(observation => observation.Contract))
        {
            Publish(calls.Key, ProfileLearner.Learn(Find(calls.Key) ?? ContractProfile.Empty, calls, out var one));
            score += one;
        }
        return score;
    }

    /// <summary>A predictor for one block, to be used by one thread.</summary>
    public IAccessPredictor ForBlock() => new ProfilePredictor(this, new());
}

/// <summary>Predicts a block's calls from profiles. One block, one thread.</summary>
/// <remarks>Forks share the values that they read of the state before the block: whoever reads one reads the same.</remarks>
internal sealed class ProfilePredictor(ProfileTable table, ConcurrentDictionary<ulong, (PredictedSlot Slot, UInt256 Value)> values) : IAccessPredictor
{
    private readonly UInt256[] _slots = new UInt256[CallProfile.TemplatesMax];
    private Address _lastContract;
    private ContractProfile? _last;

    /// <remarks>In an order that depends neither on threads nor on the process: messages are made from it, and a history runs again message by message.</remarks>
    public IEnumerable<PredictedSlot> Sources => values.Select(source => source.Value.Slot).OrderBy(slot => slot.Account).ThenBy(slot => slot.Key);

    public bool TryPredict(Transaction transaction, IStateReader reader, Prediction into)
    {
        var contract = transaction.To!.Value;
        if (Find(in contract, transaction) is not { } function)
        {
            return false;
        }
        into.Gas = function.Gas;
        var words = new CallWords(contract, transaction.Sender, transaction.Data.Span, _slots);
        var templates = function.Templates;
        var (lastAccount, accountHash) = (contract, Location.HashOf(in contract));
        for (var i = 0; i < templates.Length; i++)
        {
            ref readonly var template = ref templates[i];
            var account = words.AccountOf(template.Account);
            if (account != lastAccount)
            {
                (lastAccount, accountHash) = (account, Location.HashOf(in account));
            }
            var location = words.LocationOf(in template, function.FixedPartOf(i), accountHash);
            into.Accesses.Add(new PredictedAccess(location, template.IsWrite));
            if (function.IsSource(i))
            {
                _slots[i] = ValueOf(in words, in template, in account, location, reader);
            }
        }
        if (function.TiesAll)
        {
            into.Accesses.Add(new PredictedAccess(Location.Mix(Location.OfCode(in contract), ContractProfile.SelectorOf(transaction.Data.Span)), IsWrite: true));
        }
        if (function.Anchor is { } anchor)
        {
            into.Anchor = words.AccountOf(anchor);
        }
        return true;
    }

    public IAccessPredictor Fork() => new ProfilePredictor(table, values);

    public void Locate(Transaction transaction, IStateReader reader, Predicate<Address> isWanted, ICollection<PredictedSlot> into)
    {
        if (transaction.To is not { } contract || Find(in contract, transaction) is not { } function)
        {
            return;
        }
        var words = new CallWords(contract, transaction.Sender, transaction.Data.Span, _slots);
        var templates = function.Templates;
        for (var i = 0; i < templates.Length; i++)
        {
            ref readonly var template = ref templates[i];
            var account = words.AccountOf(template.Account);
            if (function.IsSource(i))
            {
                _slots[i] = ValueOf(in words, in template, in account, words.LocationOf(in template, function.FixedPartOf(i), Location.HashOf(in account)), reader);
            }
            if (isWanted(account))
            {
                into.Add(new PredictedSlot(account, words.KeyOf(in template)));
            }
        }
    }

    private CallProfile? Find(in Address contract, Transaction transaction)
    {
        if (_last is null || contract != _lastContract)
        {
            _last = table.Find(in contract);
            _lastContract = contract;
        }
        return _last?.Functions.GetValueOrDefault(ContractProfile.SelectorOf(transaction.Data.Span));
    }

    /// <summary>Read once a block, however many calls use it. What isn't at hand counts as zero: it's a guess.</summary>
    private UInt256 ValueOf(in CallWords words, in SlotTemplate template, in Address account, ulong location, IStateReader reader)
    {
        if (values.TryGetValue(location, out var known))
        {
            return known.Value;
        }
        var key = words.KeyOf(in template);
        reader.TryGetStorage(in account, in key, out var value);
        values[location] = (new PredictedSlot(account, key), value);
        return value;
    }
}

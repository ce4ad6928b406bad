using Grid.Primitives;

namespace Grid.Execution.Profiles;

/// <summary>Learns the access sets of a contract's calls from calls that were executed. Pure: a profile and an observation give a profile.</summary>
public static class ProfileLearner
{
    /// <summary>
    /// Observations of one function for which keys are searched for among hashes of hashes: some thousand Keccaks each. What isn't understood
    /// after so many is not of that form.
    /// </summary>
    private const int DeepSearches = 6;

    /// <summary>Uses without a hit after which a template is given up.</summary>
    private const int UsesWithoutHit = 6;

    public static ContractProfile Learn(ContractProfile profile, IEnumerable<CallObservation> observations, out PredictionScore score)
    {
        var functions = new Dictionary<ulong, CallProfile>(profile.Functions);
        score = default;
        foreach (var observation in observations)
        {
            var selector = ContractProfile.SelectorOf(observation.Input.Span);
            var isKnown = functions.TryGetValue(selector, out var function);
            if (!isKnown && functions.Count >= ContractProfile.FunctionsMax)
            {
                continue;
            }
            functions[selector] = Learn(function ?? new CallProfile(), observation, out var one);
            score += isKnown ? one : new PredictionScore(0, 0, 1);
        }
        return new ContractProfile { Functions = functions };
    }

    private static CallProfile Learn(CallProfile function, CallObservation observation, out PredictionScore score)
    {
        var templates = new List<SlotTemplate>(function.Templates.Length + observation.Slots.Length);
        var values = new UInt256[CallProfile.TemplatesMax];
        var expected = new HashSet<(Address, UInt256)>();
        foreach (var template in function.Templates)
        {
            var (account, key) = Evaluate(in template, observation, values);
            var seen = Array.FindIndex(observation.Slots, slot => slot.Account == account && slot.Key == key);
            values[templates.Count] = seen < 0 ? UInt256.Zero : observation.Slots[seen].Value;
            expected.Add((account, key));
            templates.Add(template with
            {
                Uses = template.Uses + 1,
                Hits = template.Hits + (seen < 0 ? 0 : 1),
                IsWrite = template.IsWrite || (seen >= 0 && observation.Slots[seen].IsWrite),
            });
        }
        var unexpected = Array.FindAll(observation.Slots, slot => !expected.Contains((slot.Account, slot.Key)));
        var isUnderstood = true;
        foreach (var slot in unexpected)
        {
            if (templates.Count < CallProfile.TemplatesMax)
            {
                var template = SlotExplanation.Of(observation, in slot, templates, values, isDeep: function.Observations < DeepSearches);
                isUnderstood &= template.Form != KeyForm.Plain || template.First.Kind != WordSourceKind.Constant || template.First.Value.FitsUInt64;
                values[templates.Count] = slot.Value;
                templates.Add(template);
            }
            else
            {
                isUnderstood = false;
            }
        }
        var hits = observation.Slots.Length - unexpected.Length;
        score = unexpected.Length == 0 ? new PredictionScore(1, 0, 0) : hits > 0 ? new PredictionScore(0, 1, 0) : new PredictionScore(0, 0, 1);
        return Settle(function, observation, templates, isUnderstood);
    }

    private static CallProfile Settle(CallProfile function, CallObservation observation, List<SlotTemplate> templates, bool isUnderstood)
    {
        var notUnderstood = function.NotUnderstood + (isUnderstood ? 0 : 1);
        GiveUp(templates);
        return new CallProfile
        {
            Templates = [.. templates],
            Gas = function.Observations == 0 ? observation.GasUsed : ((function.Gas * 3) + observation.GasUsed) / 4,
            Observations = function.Observations + 1,
            NotUnderstood = notUnderstood,
            // Once is no habit.
            TiesAll = function.TiesAll || (notUnderstood > 1 && !isUnderstood && observation.WasRepeated),
            Anchor = AnchorOf(templates),
        };
    }

    /// <summary>Drops what is never there: guesses of the first calls. What others take values from stays.</summary>
    private static void GiveUp(List<SlotTemplate> templates)
    {
        for (var i = templates.Count - 1; i >= 0; i--)
        {
            var template = templates[i];
            if (template.Hits == 0 && template.Uses >= UsesWithoutHit && !templates.Exists(other => Names(in other, i)))
            {
                templates.RemoveAt(i);
                for (var k = i; k < templates.Count; k++)
                {
                    templates[k] = templates[k] with
                    {
                        Account = Renumber(templates[k].Account, i), First = Renumber(templates[k].First, i), Second = Renumber(templates[k].Second, i),
                    };
                }
            }
        }
    }

    private static bool Names(in SlotTemplate template, int index) =>
        IsOf(template.Account, index) || IsOf(template.First, index) || IsOf(template.Second, index);

    private static bool IsOf(in WordSource source, int index) => source.ReadsSlot && source.Index == index;

    private static WordSource Renumber(WordSource source, int removed) => source.ReadsSlot && source.Index > removed ? source with { Index = source.Index - 1 } : source;

    private static (Address Account, UInt256 Key) Evaluate(in SlotTemplate template, CallObservation observation, ReadOnlySpan<UInt256> values)
    {
        var words = new CallWords(observation.Contract, observation.Caller, observation.Input.Span, values);
        return (words.AccountOf(template.Account), words.KeyOf(in template));
    }

    private static WordSource? AnchorOf(List<SlotTemplate> templates)
    {
        var writes = templates.Where(template => template.IsWrite).GroupBy(template => template.Account).OrderByDescending(group => group.Count()).FirstOrDefault();
        return writes?.Key;
    }
}

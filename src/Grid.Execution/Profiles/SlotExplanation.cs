using Grid.Primitives;

namespace Grid.Execution.Profiles;

/// <summary>
/// Finds out how a slot's key follows from the call: tries the forms of Solidity's storage layout over all words that the call has, in a
/// search of bounded size.
/// </summary>
internal static class SlotExplanation
{
    private const int SourcesMax = 24, BasesMax = 32, DeepBasesMax = 16;

    /// <summary>Fields of a structure, or words of one long value.</summary>
    private const ulong OffsetsMax = 16;

    /// <summary>Compilers number the slots of a contract's variables from zero: a greater small key that came with the call is rather that.</summary>
    private const ulong DeclaredSlotsMax = 64;

    private readonly record struct Candidate(WordSource Source, UInt256 Word);

    /// <param name="templates">Those found so far, whose values may be sources.</param>
    /// <param name="isDeep">Whether mappings of mappings are tried.</param>
    /// <returns>Where nothing explains the key, itself as a constant.</returns>
    public static SlotTemplate Of(
        CallObservation observation, in ObservedSlot slot, List<SlotTemplate> templates, ReadOnlySpan<UInt256> values, bool isDeep)
    {
        var words = CandidatesOf(observation, templates, values);
        var account = CallWords.WordOf(slot.Account);
        var owner = words.Find(candidate => CallWords.LowAddress(candidate.Word) == account && candidate.Source.Kind != WordSourceKind.SlotValue) is { Word.IsZero: false } found
            ? found.Source
            : WordSource.Constant(in account);
        var plain = new SlotTemplate(owner, KeyForm.Plain, default, WordSource.Constant(slot.Key), default, 0, slot.IsWrite, 0, 0);
        if (slot.Key.FitsUInt64)
        {
            return slot.Key.U0 < DeclaredSlotsMax ? plain : TryWord(words.FindAll(candidate => candidate.Source.Kind == WordSourceKind.CallData), in plain, slot.Key) ?? plain;
        }
        return TryMapping(words, in plain, slot.Key, isDeep) ?? TryArray(words, in plain, slot.Key) ?? TryWord(words, in plain, slot.Key) ?? plain;
    }

    /// <summary>The words that a call has, each value once, the likelier source first.</summary>
    private static List<Candidate> CandidatesOf(CallObservation observation, List<SlotTemplate> templates, ReadOnlySpan<UInt256> values)
    {
        var candidates = new List<Candidate>();
        var seen = new HashSet<UInt256>();
        void Add(WordSource source, UInt256 word)
        {
            if (candidates.Count < SourcesMax && seen.Add(word))
            {
                candidates.Add(new Candidate(source, word));
            }
        }
        Add(WordSource.Of(WordSourceKind.Self), CallWords.WordOf(observation.Contract));
        Add(WordSource.Of(WordSourceKind.Caller), CallWords.WordOf(observation.Caller));
        var count = Math.Min(CallWords.CallDataWordsMax, (observation.Input.Length + 27) / 32);
        for (var i = 0; i < count; i++)
        {
            Add(WordSource.Of(WordSourceKind.CallData, i), CallWords.CallDataWord(observation.Input.Span, i));
        }
        for (var i = 0; i < templates.Count; i++)
        {
            Add(WordSource.Of(WordSourceKind.SlotAddress, i), CallWords.LowAddress(in values[i]));
            Add(WordSource.Of(WordSourceKind.SlotValue, i), values[i]);
        }
        foreach (var slot in observation.Slots)
        {
            var word = CallWords.WordOf(slot.Account);
            Add(WordSource.Constant(in word), word);
        }
        return candidates;
    }

    private static SlotTemplate? TryMapping(List<Candidate> words, in SlotTemplate plain, in UInt256 key, bool isDeep)
    {
        var inner = new List<(Candidate Word, UInt256 Base, UInt256 Hash)>();
        foreach (var word in words)
        {
            for (var i = 0; i < BasesMax; i++)
            {
                UInt256 slot = (ulong)i;
                var hash = CallWords.HashOfPair(word.Word, in slot);
                if (IsNear(in hash, in key, out var offset))
                {
                    return plain with { Form = KeyForm.Mapping, First = word.Source, Base = slot, Offset = offset };
                }
                if (i < DeepBasesMax)
                {
                    inner.Add((word, slot, hash));
                }
            }
        }
        for (var i = 0; isDeep && i < inner.Count; i++)
        {
            foreach (var word in words)
            {
                var hash = CallWords.HashOfPair(word.Word, inner[i].Hash);
                if (IsNear(in hash, in key, out var offset))
                {
                    return plain with
                    {
                        Form = KeyForm.NestedMapping, First = inner[i].Word.Source, Second = word.Source, Base = inner[i].Base, Offset = offset,
                    };
                }
            }
        }
        return null;
    }

    private static SlotTemplate? TryArray(List<Candidate> words, in SlotTemplate plain, in UInt256 key)
    {
        for (var i = 0; i < BasesMax; i++)
        {
            UInt256 slot = (ulong)i;
            var start = CallWords.HashOfWord(in slot);
            var index = key - start;
            if (!index.FitsUInt64)
            {
                continue;
            }
            var word = words.Find(candidate => candidate.Word == index);
            var source = word.Word == index && !index.IsZero ? word.Source : WordSource.Constant(in index);
            return plain with { Form = KeyForm.ArrayElement, First = source, Base = slot };
        }
        return null;
    }

    private static SlotTemplate? TryWord(List<Candidate> words, in SlotTemplate plain, UInt256 key)
    {
        var word = words.Find(candidate => candidate.Word == key);
        return word.Word == key ? plain with { First = word.Source } : null;
    }

    private static bool IsNear(in UInt256 hash, in UInt256 key, out uint offset)
    {
        var difference = key - hash;
        offset = (uint)difference.U0;
        return difference.FitsUInt64 && difference.U0 < OffsetsMax;
    }
}

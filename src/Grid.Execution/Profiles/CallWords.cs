using Grid.Crypto;
using Grid.Execution.Waves;
using Grid.Primitives;

namespace Grid.Execution.Profiles;

/// <summary>Evaluates the sources and templates of a profile for one call.</summary>
/// <param name="values">Values of the slots of earlier templates, for sources that need them.</param>
internal readonly ref struct CallWords(Address contract, Address caller, ReadOnlySpan<byte> input, ReadOnlySpan<UInt256> values)
{
    private readonly ReadOnlySpan<byte> _input = input;
    private readonly ReadOnlySpan<UInt256> _values = values;

    /// <summary>Words of call data that sources may name.</summary>
    public const int CallDataWordsMax = 16;

    public static UInt256 WordOf(in Address address)
    {
        Span<byte> bytes = stackalloc byte[32];
        bytes[..12].Clear();
        address.Span.CopyTo(bytes[12..]);
        return UInt256.FromBigEndian(bytes);
    }

    public static Address AddressOf(in UInt256 word)
    {
        Span<byte> bytes = stackalloc byte[32];
        word.WriteBigEndian(bytes);
        return new Address(bytes[12..]);
    }

    /// <summary>The word after the selector with this number, padded with zeros.</summary>
    public static UInt256 CallDataWord(ReadOnlySpan<byte> input, int index)
    {
        var start = 4 + (32 * index);
        if (input.Length >= start + 32)
        {
            return UInt256.FromBigEndian(input.Slice(start, 32));
        }
        Span<byte> bytes = stackalloc byte[32];
        bytes.Clear();
        if (input.Length > start)
        {
            input[start..].CopyTo(bytes);
        }
        return UInt256.FromBigEndian(bytes);
    }

    public UInt256 Evaluate(in WordSource source) => source.Kind switch
    {
        WordSourceKind.Caller => WordOf(in caller),
        WordSourceKind.Self => WordOf(in contract),
        WordSourceKind.CallData => CallDataWord(_input, source.Index),
        WordSourceKind.SlotValue => _values[source.Index],
        WordSourceKind.SlotAddress => LowAddress(in _values[source.Index]),
        _ => source.Value,
    };

    public Address AccountOf(in WordSource source) => source.Kind switch
    {
        WordSourceKind.Self => contract,
        WordSourceKind.Caller => caller,
        WordSourceKind.CallData when _input.Length >= 36 + (32 * source.Index) => new Address(_input.Slice(16 + (32 * source.Index), Address.Length)),
        _ => AddressOf(Evaluate(source)),
    };

    /// <summary>
    /// The slot by the words that its key is made of: nothing is hashed, and equal slots of one form have equal locations.
    /// </summary>
    /// <param name="fixedPart"><see cref="FixedPartOf"/> of the template.</param>
    /// <param name="accountHash"><see cref="Location.HashOf(in Address)"/> of the template's account.</param>
    public ulong LocationOf(in SlotTemplate template, ulong fixedPart, ulong accountHash)
    {
        if (template.Form == KeyForm.Plain)
        {
            return Location.OfSlot(accountHash, template.First.Kind == WordSourceKind.Constant ? fixedPart : Location.HashOf(Evaluate(template.First) + template.Offset));
        }
        var location = Location.Mix(Location.Mix(accountHash, fixedPart), Location.HashOf(Evaluate(template.First)));
        return template.Form == KeyForm.NestedMapping ? Location.Mix(location, Location.HashOf(Evaluate(template.Second))) : location;
    }

    /// <summary>What a template's locations have in common whatever the call: evaluated once for a profile.</summary>
    public static ulong FixedPartOf(in SlotTemplate template) => template.Form == KeyForm.Plain
        ? Location.HashOf(template.First.Value + template.Offset)
        : Location.Mix(Location.Mix(16UL + (ulong)template.Form, Location.HashOf(template.Base)), template.Offset);

    public UInt256 KeyOf(in SlotTemplate template)
    {
        var first = Evaluate(template.First);
        var key = template.Form switch
        {
            KeyForm.Mapping => HashOfPair(in first, template.Base),
            KeyForm.NestedMapping => HashOfPair(Evaluate(template.Second), HashOfPair(in first, template.Base)),
            KeyForm.ArrayElement => HashOfWord(template.Base) + first,
            _ => first,
        };
        return key + template.Offset;
    }

    public static UInt256 HashOfPair(in UInt256 first, in UInt256 second)
    {
        Span<byte> bytes = stackalloc byte[64];
        first.WriteBigEndian(bytes);
        second.WriteBigEndian(bytes[32..]);
        return Keccak256.Hash(bytes).ToWord();
    }

    public static UInt256 HashOfWord(in UInt256 word)
    {
        Span<byte> bytes = stackalloc byte[32];
        word.WriteBigEndian(bytes);
        return Keccak256.Hash(bytes).ToWord();
    }

    public static UInt256 LowAddress(in UInt256 word) => new(word.U0, word.U1, word.U2 & 0xffff_ffff, 0);
}

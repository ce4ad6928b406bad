namespace Grid.Execution.Profiles;

/// <summary>What is known of the calls of one function. Immutable.</summary>
public sealed record CallProfile
{
    /// <summary>The most templates of a function: what touches more isn't predicted in full.</summary>
    public const int TemplatesMax = 48;

    private readonly SlotTemplate[] _templates = [];
    private readonly bool[] _isSource = [];
    private readonly ulong[] _fixedParts = [];

    /// <summary>In an order in which each uses values of earlier ones only.</summary>
    public SlotTemplate[] Templates
    {
        get => _templates;
        init
        {
            _templates = value;
            _isSource = new bool[value.Length];
            _fixedParts = Array.ConvertAll(value, static template => CallWords.FixedPartOf(in template));
            foreach (ref readonly var template in value.AsSpan())
            {
                foreach (var source in (ReadOnlySpan<WordSource>)[template.Account, template.First, template.Second])
                {
                    _isSource[source.ReadsSlot ? source.Index : 0] |= source.ReadsSlot;
                }
            }
        }
    }

    /// <summary>Whether others use the value of this template's slot.</summary>
    public bool IsSource(int template) => _isSource[template];

    /// <summary>What a template's locations have in common (<see cref="CallWords.FixedPartOf"/>).</summary>
    public ulong FixedPartOf(int template) => _fixedParts[template];

    /// <summary>Gas units that a call uses, a running mean.</summary>
    public ulong Gas { get; init; }

    /// <summary>Calls that it was learned from.</summary>
    public int Observations { get; init; }

    /// <summary>Calls that accessed a slot by a hash that isn't understood.</summary>
    public int NotUnderstood { get; init; }

    /// <summary>
    /// Whether calls that aren't understood had to be executed again: all calls of the function are then tied to each other, which is slow, but
    /// not as slow as doing them twice.
    /// </summary>
    public bool TiesAll { get; init; }

    /// <summary>The account that owns most of what it writes.</summary>
    public WordSource? Anchor { get; init; }
}

/// <summary>What a contract's grain has learned about the access sets of its calls, by function selector. Immutable.</summary>
public sealed record ContractProfile
{
    /// <summary>The most functions of a contract; more are not learned.</summary>
    public const int FunctionsMax = 256;

    /// <summary>Stands for a call without a selector: fewer than four bytes.</summary>
    public const ulong NoSelector = ulong.MaxValue;

    public static readonly ContractProfile Empty = new();

    public IReadOnlyDictionary<ulong, CallProfile> Functions { get; init; } = new Dictionary<ulong, CallProfile>();

    public static ulong SelectorOf(ReadOnlySpan<byte> input) =>
        input.Length < 4 ? NoSelector : System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(input);
}

using Grid.Primitives;

namespace Grid.Execution.Profiles;

/// <summary>Where a word that a call uses comes from. Values are persisted nowhere, but sent between silos.</summary>
public enum WordSourceKind : byte
{
    /// <summary>The same in every call.</summary>
    Constant = 0,

    /// <summary>The transaction's sender.</summary>
    Caller = 1,

    /// <summary>The contract that the transaction calls.</summary>
    Self = 2,

    /// <summary>A word of the call data after the selector.</summary>
    CallData = 3,

    /// <summary>The value that a slot has before the block, of a template that comes earlier in the profile.</summary>
    SlotValue = 4,

    /// <summary>The same, its low 160 bits.</summary>
    SlotAddress = 5,
}

/// <summary>A word as a function of the call.</summary>
/// <param name="Index">The number of the word of call data, or of the template.</param>
/// <param name="Value">A constant's value.</param>
public readonly record struct WordSource(WordSourceKind Kind, int Index, UInt256 Value)
{
    public static WordSource Constant(in UInt256 value) => new(WordSourceKind.Constant, 0, value);

    public static WordSource Of(WordSourceKind kind, int index = 0) => new(kind, index, default);

    /// <summary>Whether its value depends on state.</summary>
    public bool ReadsSlot => Kind is WordSourceKind.SlotValue or WordSourceKind.SlotAddress;
}

/// <summary>How a slot's key is made of words.</summary>
public enum KeyForm : byte
{
    /// <summary>The first word is the key.</summary>
    Plain = 0,

    /// <summary>keccak256(first word ‖ base): a mapping.</summary>
    Mapping = 1,

    /// <summary>keccak256(second word ‖ keccak256(first word ‖ base)): a mapping of mappings.</summary>
    NestedMapping = 2,

    /// <summary>keccak256(base) + first word: an element of a dynamic array.</summary>
    ArrayElement = 3,
}

/// <summary>
/// A slot that a call accesses, as a function of the call. The forms are those of Solidity's storage layout.
/// </summary>
/// <param name="Account">Whose slot it is; its low 160 bits.</param>
/// <param name="Base">The slot of the mapping or array itself.</param>
/// <param name="Offset">Added to the key: a field of a structure.</param>
/// <param name="IsWrite">Whether any call was seen to change it.</param>
/// <param name="Uses">Calls in which it was expected.</param>
/// <param name="Hits">Calls of those that accessed it.</param>
public readonly record struct SlotTemplate(
    WordSource Account, KeyForm Form, UInt256 Base, WordSource First, WordSource Second, uint Offset, bool IsWrite, int Uses, int Hits);

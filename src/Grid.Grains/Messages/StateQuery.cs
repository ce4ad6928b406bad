using Grid.Primitives;
using Grid.State;

namespace Grid.Grains.Messages;

/// <summary>A slot of an account.</summary>
[GenerateSerializer, Immutable, Alias("Grid.SlotKey")]
public readonly record struct SlotKey([property: Id(0)] Address Address, [property: Id(1)] UInt256 Slot);

/// <summary>State that somebody misses: all of it in one message.</summary>
/// <param name="Number">The block after which the state is wanted.</param>
/// <param name="Block">That block's hash.</param>
/// <param name="Codes">Accounts whose code is wanted.</param>
[GenerateSerializer, Immutable, Alias("Grid.StateQuery")]
public sealed record StateQuery(
    [property: Id(0)] ulong Number, [property: Id(4)] Hash256 Block, [property: Id(1)] Address[] Accounts, [property: Id(2)] SlotKey[] Slots, [property: Id(3)] Address[] Codes);

/// <summary>The answers, in the order of the query's arrays.</summary>
/// <param name="Accounts">Null where there is no account.</param>
/// <param name="Codes">Null where the account has none.</param>
[GenerateSerializer, Immutable, Alias("Grid.StateValues")]
public sealed record StateValues(
    [property: Id(0)] AccountRecord?[] Accounts, [property: Id(1)] UInt256[] Slots, [property: Id(2)] Bytecode?[] Codes);

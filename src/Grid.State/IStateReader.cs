using Grid.Primitives;

namespace Grid.State;

/// <summary>
/// The state after one block, to read. Immutable: the same question has the same answer for as long as the reader lives, on
/// any thread. A method returns false when the answer isn't at hand here (another silo's, or on disk): a state miss.
/// </summary>
public interface IStateReader
{
    /// <summary>The record; null where there is no account.</summary>
    bool TryGetAccount(in Address address, out AccountRecord? record);

    /// <summary>The value of a slot; zero where it is not set or there is no account.</summary>
    bool TryGetStorage(in Address address, in UInt256 slot, out UInt256 value);

    /// <summary>The code with this hash, which is some account's code hash.</summary>
    bool TryGetCode(in Address address, in Hash256 codeHash, out Bytecode? code);
}

/// <summary>A state that can be told what will be read, and reads faster then. Nothing else depends on it.</summary>
public interface IWarmableState
{
    /// <summary>Brings accounts into the processor's cache.</summary>
    void Warm(ReadOnlySpan<Address> addresses);
}

namespace Grid.Chain;

/// <summary>The first byte of a typed transaction or receipt (EIP-2718); legacy ones have none.</summary>
public enum TransactionType : byte
{
    Legacy = 0,

    /// <summary>EIP-2930.</summary>
    AccessList = 1,

    /// <summary>EIP-1559.</summary>
    DynamicFee = 2,

    /// <summary>EIP-4844.</summary>
    Blob = 3,

    /// <summary>EIP-7702.</summary>
    SetCode = 4,
}

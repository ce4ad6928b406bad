using System.Security.Cryptography;
using Grid.Primitives;

namespace Grid.Chain;

/// <summary>What a block asks of the consensus layer (EIP-7685): each request list is its type byte and the requests' bytes.</summary>
public static class ExecutionRequests
{
    /// <summary>EIP-6110.</summary>
    public const byte DepositType = 0;

    /// <summary>EIP-7002.</summary>
    public const byte WithdrawalType = 1;

    /// <summary>EIP-7251.</summary>
    public const byte ConsolidationType = 2;

    /// <summary>The header's requests hash of a block without requests.</summary>
    public static readonly Hash256 EmptyHash = HashOf([]);

    /// <summary>sha256(sha256(requests_0) ++ sha256(requests_1) ++ …); lists without requests are left out.</summary>
    public static Hash256 HashOf(IReadOnlyList<byte[]> requests)
    {
        using var outer = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> digest = stackalloc byte[32];
        foreach (var request in requests)
        {
            if (request.Length > 1)
            {
                SHA256.HashData(request, digest);
                outer.AppendData(digest);
            }
        }
        outer.GetHashAndReset(digest);
        return new Hash256(digest);
    }
}

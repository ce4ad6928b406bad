using System.Globalization;
using Grid.Grains.Reader;
using Grid.Primitives;
using Microsoft.AspNetCore.Http;

namespace Grid.Gateway.Rest;

/// <summary>Accounts, their storage, and blocks.</summary>
internal static class ChainRoutes
{
    public static async Task<IResult> GetAccount(string address, string? block, IGridAccess grid)
    {
        if (!TryReadAddress(address, out var wanted))
        {
            return InvalidAddress();
        }
        if (!TryReadBlock(block ?? "latest", out var selector))
        {
            return InvalidBlock();
        }
        var account = await grid.Reader.GetAccount(wanted, selector);
        return TypedResults.Json(ResourceMapping.Of(account, Math.Max(account.Nonce, await grid.GetNextNonceAsync(wanted))), RestJson.Default.AccountResource);
    }

    public static async Task<IResult> GetStorage(string address, string slot, string? block, IGridAccess grid)
    {
        if (!TryReadAddress(address, out var wanted))
        {
            return InvalidAddress();
        }
        if (!UInt256.TryParse(slot, out var key))
        {
            return InvalidSlot();
        }
        if (!TryReadBlock(block ?? "latest", out var selector))
        {
            return InvalidBlock();
        }
        var value = await grid.Reader.GetStorage(wanted, key, selector);
        return TypedResults.Json(
            new StorageResource(wanted.ToString(), Hash256.FromWord(key).ToString(), Hash256.FromWord(value).ToString()), RestJson.Default.StorageResource);
    }

    public static async Task<IResult> GetProof(string address, string[]? slot, string? block, IGridAccess grid)
    {
        if (!TryReadAddress(address, out var wanted))
        {
            return InvalidAddress();
        }
        var slots = new UInt256[slot?.Length ?? 0];
        for (var i = 0; i < slots.Length; i++)
        {
            if (!UInt256.TryParse(slot![i], out slots[i]))
            {
                return InvalidSlot();
            }
        }
        if (!TryReadBlock(block ?? "latest", out var selector))
        {
            return InvalidBlock();
        }
        try
        {
            return TypedResults.Json(ResourceMapping.Of(await grid.Reader.GetProof(wanted, slots, selector)), RestJson.Default.ProofResource);
        }
        catch (ProofLimitException exception)
        {
            return Problems.InvalidParameter("slot", $"{exception.Asked} are too many, at most {exception.Allowed}").ToResult();
        }
    }

    public static async Task<IResult> GetBlock(string block, string? transactions, int? offset, int? limit, IGridAccess grid, GatewayOptions options)
    {
        if (!TryReadBlock(block, out var selector))
        {
            return InvalidBlock();
        }
        if (transactions is not (null or "hashes" or "full"))
        {
            return Problems.InvalidParameter("transactions", "expected hashes or full").ToResult();
        }
        if (offset < 0 || limit < 0 || limit > options.BlockTransactionsMax)
        {
            return Problems.InvalidParameter("offset, limit", $"expected numbers from 0; a limit of at most {options.BlockTransactionsMax}").ToResult();
        }
        var view = await grid.Reader.GetBlock(selector);
        return view is null
            ? Problems.NotFound("block").ToResult()
            : TypedResults.Json(
                ResourceMapping.Of(view, transactions == "full", offset ?? 0, limit ?? options.BlockTransactionsMax), RestJson.Default.BlockResource);
    }

    /// <summary>latest, earliest, a height (decimal or hexadecimal), or a hash.</summary>
    internal static bool TryReadBlock(string text, out BlockSelector selector)
    {
        selector = BlockSelector.Latest;
        switch (text)
        {
            case "latest":
                return true;
            case "earliest":
                selector = BlockSelector.Earliest;
                return true;
            case { Length: 66 } when text.StartsWith("0x", StringComparison.Ordinal):
                var isHash = Hash256.TryParse(text, out var hash);
                selector = BlockSelector.Of(hash);
                return isHash;
            default:
                var isNumber = text.StartsWith("0x", StringComparison.Ordinal)
                    ? ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
                    : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
                selector = BlockSelector.At(number);
                return isNumber;
        }
    }

    private static bool TryReadAddress(string text, out Address address)
    {
        address = default;
        return text.StartsWith("0x", StringComparison.Ordinal) && Address.TryParse(text, out address);
    }

    private static IResult InvalidAddress() => Problems.InvalidParameter("address", "expected 0x and 40 hexadecimal digits").ToResult();

    private static IResult InvalidSlot() =>
        Problems.InvalidParameter("slot", "expected an unsigned 256-bit number, decimal or hexadecimal with 0x").ToResult();

    private static IResult InvalidBlock() => Problems.InvalidParameter("block", "expected latest, earliest, a height or a hash").ToResult();
}

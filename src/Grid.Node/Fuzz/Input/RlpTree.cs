using Grid.Primitives.Rlp;

namespace Grid.Node.Fuzz.Input;

/// <summary>An RLP item taken apart, so that something inside of it can be changed and all lengths around it fit again.</summary>
internal sealed class RlpTree
{
    private const int MaxDepth = 64;

    private byte[] _bytes = [];
    private List<RlpTree>? _items;

    /// <summary>False where the bytes aren't one item.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out RlpTree tree)
    {
        tree = new RlpTree();
        try
        {
            var reader = new RlpReader(bytes);
            tree = Parse(ref reader, 0);
            return reader.IsAtEnd;
        }
        catch (RlpException)
        {
            return false;
        }
    }

    public byte[] Encode()
    {
        var writer = new RlpWriter();
        Write(writer);
        return writer.ToArray();
    }

    /// <summary>Changes one item at random: removes, repeats, replaces, empties, turns a string into a list, or exchanges two.</summary>
    public void Mutate(Dice dice)
    {
        var all = new List<RlpTree>();
        Collect(all);
        var item = all[dice.Below(all.Count)];
        if (item._items is { Count: > 0 } items && dice.OneIn(2))
        {
            var (i, k) = (dice.Below(items.Count), dice.Below(items.Count));
            switch (dice.Below(5))
            {
                case 0: items.RemoveAt(i); break;
                case 1: items.Insert(i, items[k]); break;
                case 2: (items[i], items[k]) = (items[k], items[i]); break;
                case 3: items[i] = all[dice.Below(all.Count)].Copy(); break;
                default: items.Add(new RlpTree { _bytes = dice.Bytes(dice.Below(40)) }); break;
            }
            return;
        }
        switch (dice.Below(4))
        {
            case 0:
                item._items = item._items is null ? [] : null;
                break;
            case 1:
                (item._bytes, item._items) = (EdgeBytes(dice), null);
                break;
            case 2:
                var inner = item.Copy();
                (item._bytes, item._items) = ([], [inner]);
                break;
            default:
                (item._bytes, item._items) = (dice.Bytes(dice.Pick((int[])[0, 1, 8, 9, 19, 20, 21, 31, 32, 33, 55, 56, 255, 256, 257])), null);
                break;
        }
    }

    private static byte[] EdgeBytes(Dice dice) => dice.Below(6) switch
    {
        0 => [],
        1 => [0],
        2 => [0, 1],
        3 => [.. Enumerable.Repeat((byte)0xff, dice.Pick((int[])[1, 8, 9, 32, 33]))],
        4 => [0x80],
        _ => [0x7f],
    };

    private static RlpTree Parse(ref RlpReader reader, int depth)
    {
        if (!reader.NextIsList || depth == MaxDepth)
        {
            return new RlpTree { _bytes = reader.ReadBytes().ToArray() };
        }
        var list = reader.ReadList();
        var items = new List<RlpTree>();
        while (!list.IsAtEnd)
        {
            items.Add(Parse(ref list, depth + 1));
        }
        return new RlpTree { _items = items };
    }

    private void Write(RlpWriter writer)
    {
        if (_items is null)
        {
            writer.WriteBytes(_bytes);
            return;
        }
        var mark = writer.BeginList();
        foreach (var item in _items)
        {
            item.Write(writer);
        }
        writer.EndList(mark);
    }

    private void Collect(List<RlpTree> into)
    {
        into.Add(this);
        foreach (var item in _items ?? [])
        {
            item.Collect(into);
        }
    }

    private RlpTree Copy() => new() { _bytes = _bytes, _items = _items?.ConvertAll(item => item.Copy()) };
}

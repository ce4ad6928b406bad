namespace Grid.Execution.Waves;

/// <summary>
/// The last transaction that was seen at each location: open addressing with linear probing over 64-bit locations, which are mixed well
/// already. One thread; kept for the next block.
/// </summary>
internal sealed class LocationTable
{
    private ulong[] _keys = new ulong[1024];
    private int[] _values = new int[1024];
    private int _count;

    public void Clear(int expected)
    {
        var size = Math.Max(1024, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)expected * 2));
        // A table that one large block has blown up isn't cleared for each small one after it.
        if (_keys.Length < size || _keys.Length > size * 16)
        {
            _keys = new ulong[size];
            _values = new int[size];
        }
        else
        {
            Array.Clear(_keys);
        }
        _count = 0;
    }

    /// <summary>Puts a transaction at the location; returns the one that was there, -1 for none.</summary>
    public int Exchange(ulong location, int transaction)
    {
        if (_count * 2 >= _keys.Length)
        {
            Grow();
        }
        // Zero marks a free place.
        location |= 1;
        var mask = _keys.Length - 1;
        for (var at = (int)(location >> 32) & mask; ; at = (at + 1) & mask)
        {
            if (_keys[at] == location)
            {
                var before = _values[at];
                _values[at] = transaction;
                return before;
            }
            if (_keys[at] == 0)
            {
                _keys[at] = location;
                _values[at] = transaction;
                _count++;
                return -1;
            }
        }
    }

    /// <summary>The transaction at the location; -1 for none.</summary>
    public int Find(ulong location)
    {
        location |= 1;
        var mask = _keys.Length - 1;
        for (var at = (int)(location >> 32) & mask; _keys[at] != 0; at = (at + 1) & mask)
        {
            if (_keys[at] == location)
            {
                return _values[at];
            }
        }
        return -1;
    }

    private void Grow()
    {
        var (keys, values) = (_keys, _values);
        _keys = new ulong[keys.Length * 2];
        _values = new int[keys.Length * 2];
        _count = 0;
        for (var i = 0; i < keys.Length; i++)
        {
            if (keys[i] != 0)
            {
                Exchange(keys[i], values[i]);
            }
        }
    }
}

using System.Buffers;

namespace Grid.Crypto.Bls12381;

/// <summary>
/// Pippenger's algorithm ("On the evaluation of powers and related problems", 1976; Bernstein, Doumen, Lange, Oosterwijk, "Faster batch forgery
/// identification", 2012, section 4): windows of signed digits, a bucket for each size of digit. What falls into a bucket is added in
/// pairs, round after round, as affine points whose inversions are shared by all buckets in hand (Montgomery's trick): six
/// products for an addition.
/// </summary>
internal ref struct Buckets<TField>
    where TField : struct, ICurveField<TField>
{
    /// <summary>About how many points are in hand at a time: enough to make the shared inversion cheap, few enough for the cache.</summary>
    private const int EntriesAtATime = 4096;

    /// <summary>What adding a bucket to its window's sum costs, in additions of pairs.</summary>
    private const int BucketCost = 4;

    private const int WidthMax = 15;

    private readonly ReadOnlySpan<AffinePoint<TField>> _points;
    private readonly ReadOnlySpan<UInt128> _scalars;
    private readonly int _width, _windows;

    /// <summary>The points in hand, bucket by bucket, and where each bucket starts and how many it still has.</summary>
    private readonly AffinePoint<TField>[] _entries;
    private readonly int[] _starts, _counts;
    private readonly TField[] _products;

    private Buckets(ReadOnlySpan<AffinePoint<TField>> points, ReadOnlySpan<UInt128> scalars, int bits)
    {
        _points = points;
        _scalars = scalars;
        _width = Width(points.Length, bits);
        // A bit more than the scalar has, for the last carry.
        _windows = (bits / _width) + 1;
        WindowsAtATime = Math.Clamp(EntriesAtATime / points.Length, 1, _windows);
        _entries = ArrayPool<AffinePoint<TField>>.Shared.Rent(WindowsAtATime * points.Length);
        _products = ArrayPool<TField>.Shared.Rent((WindowsAtATime * points.Length / 2) + 1);
        _starts = ArrayPool<int>.Shared.Rent(WindowsAtATime * BucketsPerWindow);
        _counts = ArrayPool<int>.Shared.Rent(WindowsAtATime * BucketsPerWindow);
    }

    private int WindowsAtATime { get; }

    private readonly int BucketsPerWindow => 1 << (_width - 1);

    /// <summary>The sum of the points' multiples by scalars of so many bits.</summary>
    public static JacobianPoint<TField> Sum(ReadOnlySpan<AffinePoint<TField>> points, ReadOnlySpan<UInt128> scalars, int bits)
    {
        var buckets = new Buckets<TField>(points, scalars, bits);
        var sum = JacobianPoint<TField>.Infinity;
        for (var end = buckets._windows; end > 0; end -= buckets.WindowsAtATime)
        {
            var first = Math.Max(end - buckets.WindowsAtATime, 0);
            buckets.Fill(first, end);
            buckets.AddPairs((end - first) * buckets.BucketsPerWindow);
            for (var window = end - 1; window >= first; window--)
            {
                for (var i = 0; i < buckets._width; i++)
                {
                    sum = sum.Double();
                }
                sum += buckets.SumOfWindow(window - first);
            }
        }
        buckets.Return();
        return sum;
    }

    /// <summary>The width for which additions cost least.</summary>
    private static int Width(int points, int bits)
    {
        var best = 2;
        var bestCost = long.MaxValue;
        for (var width = 2; width <= WidthMax; width++)
        {
            var cost = ((bits / width) + 1L) * (points + (BucketCost << (width - 1)));
            if (cost < bestCost)
            {
                (best, bestCost) = (width, cost);
            }
        }
        return best;
    }

    /// <summary>
    /// The digit of a scalar in a window, from -2^(width-1) to 2^(width-1): the bits of the window and the highest one below it, less the window's
    /// own highest.
    /// </summary>
    private readonly int Digit(UInt128 scalar, int window)
    {
        var low = window * _width;
        var bits = low >= 128 ? 0 : (int)(uint)(scalar >> low) & ((1 << _width) - 1);
        var below = low == 0 ? 0 : (int)(uint)(scalar >> (low - 1)) & 1;
        return bits + below - ((bits >> (_width - 1)) << _width);
    }

    /// <summary>Sorts the points by the digits of some windows (a counting sort).</summary>
    private readonly void Fill(int first, int end)
    {
        var counts = _counts.AsSpan(0, (end - first) * BucketsPerWindow);
        counts.Clear();
        for (var window = first; window < end; window++)
        {
            var bucket = ((window - first) * BucketsPerWindow) - 1;
            foreach (var scalar in _scalars)
            {
                var digit = Digit(scalar, window);
                if (digit != 0)
                {
                    counts[bucket + Math.Abs(digit)]++;
                }
            }
        }
        var start = 0;
        for (var bucket = 0; bucket < counts.Length; bucket++)
        {
            _starts[bucket] = start;
            start += counts[bucket];
            counts[bucket] = 0;
        }
        for (var window = first; window < end; window++)
        {
            for (var i = 0; i < _scalars.Length; i++)
            {
                var digit = Digit(_scalars[i], window);
                if (digit != 0)
                {
                    var bucket = ((window - first) * BucketsPerWindow) - 1 + Math.Abs(digit);
                    _entries[_starts[bucket] + counts[bucket]++] = digit > 0 ? _points[i] : -_points[i];
                }
            }
        }
    }

    /// <summary>Halves every bucket until it has one point or none.</summary>
    private readonly void AddPairs(int buckets)
    {
        while (true)
        {
            var pairs = 0;
            var product = TField.One;
            for (var bucket = 0; bucket < buckets; bucket++)
            {
                for (var i = 0; i + 1 < _counts[bucket]; i += 2)
                {
                    _products[pairs++] = product;
                    var denominator = Denominator(in _entries[_starts[bucket] + i], in _entries[_starts[bucket] + i + 1]);
                    product *= denominator;
                }
            }
            if (pairs == 0)
            {
                return;
            }
            var inverse = TField.Invert(in product);
            for (var bucket = buckets - 1; bucket >= 0; bucket--)
            {
                for (var i = (_counts[bucket] & ~1) - 2; i >= 0; i -= 2)
                {
                    ref var p = ref _entries[_starts[bucket] + i];
                    ref readonly var q = ref _entries[_starts[bucket] + i + 1];
                    var denominator = Denominator(in p, in q);
                    p = AffinePoint<TField>.Add(in p, in q, inverse * _products[--pairs]);
                    inverse *= denominator;
                }
                Compact(bucket);
            }
        }
    }

    /// <summary>What the slope of a sum is divided by; 1 where there is no slope.</summary>
    private static TField Denominator(in AffinePoint<TField> p, in AffinePoint<TField> q)
    {
        var denominator = AffinePoint<TField>.Denominator(in p, in q);
        return denominator.IsZero ? TField.One : denominator;
    }

    /// <summary>Moves the sums, and the point that had none beside it, together.</summary>
    private readonly void Compact(int bucket)
    {
        var entries = _entries.AsSpan(_starts[bucket], _counts[bucket]);
        for (var i = 2; i < entries.Length; i += 2)
        {
            entries[i >> 1] = entries[i];
        }
        _counts[bucket] = (entries.Length + 1) >> 1;
    }

    /// <summary>1 B1 + 2 B2 + ...: every bucket is added to a running sum, and that to the total.</summary>
    private readonly JacobianPoint<TField> SumOfWindow(int window)
    {
        JacobianPoint<TField> running = JacobianPoint<TField>.Infinity, total = JacobianPoint<TField>.Infinity;
        for (var bucket = ((window + 1) * BucketsPerWindow) - 1; bucket >= window * BucketsPerWindow; bucket--)
        {
            if (_counts[bucket] != 0)
            {
                running += _entries[_starts[bucket]];
            }
            total += running;
        }
        return total;
    }

    private readonly void Return()
    {
        ArrayPool<AffinePoint<TField>>.Shared.Return(_entries);
        ArrayPool<TField>.Shared.Return(_products);
        ArrayPool<int>.Shared.Return(_starts);
        ArrayPool<int>.Shared.Return(_counts);
    }
}

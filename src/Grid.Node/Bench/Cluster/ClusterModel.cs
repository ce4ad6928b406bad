namespace Grid.Node.Bench.Cluster;

/// <summary>One measured block, as the model sees it.</summary>
/// <param name="Transactions">Thousands.</param>
/// <param name="Mib">That silos sent.</param>
/// <param name="Ms">From plan to durable commit.</param>
internal readonly record struct ModelPoint(int Silos, double Transactions, double Messages, double Mib, double Ms);

/// <summary>
/// What a block costs, as a sum of what it has: so much for the block, for each thousand transactions where one silo does the work alone (coordinator), for each thousand that a silo
/// has when all share them, for each message and for each MiB. Fitted by least squares, with no cost below zero.
/// </summary>
/// <param name="BlockMs">A block of nothing.</param>
/// <param name="SerialMs">A thousand transactions: what doesn't become less with more silos.</param>
/// <param name="SharedMs">A thousand transactions on one silo: what silos share.</param>
/// <param name="MessageMs">A message between silos.</param>
/// <param name="MibMs">A MiB between silos.</param>
internal sealed record ClusterModel(double BlockMs, double SerialMs, double SharedMs, double MessageMs, double MibMs)
{
    private const int Terms = 5;

    /// <summary>A column that others explain to this part is left out.</summary>
    private const double Dependent = 1e-9;

    /// <exception cref="ArgumentException">There are fewer points than costs with something to tell them apart: two numbers of silos and two sizes at least.</exception>
    public static ClusterModel Fit(IReadOnlyList<ModelPoint> points)
    {
        if (points.Select(point => point.Silos).Distinct().Count() < 2 || points.Select(point => point.Transactions).Distinct().Count() < 2)
        {
            throw new ArgumentException("A model needs two numbers of silos and two sizes of the block at least.", nameof(points));
        }
        var terms = Enumerable.Range(0, Terms).ToList();
        while (true)
        {
            var costs = Solve(points, terms);
            // What comes out below zero is noise, or explained by another cost: the worst first, since the others change with it.
            var worst = terms.MinBy(term => costs[term] * points.Max(point => TermsOf(point)[term]));
            if (costs[worst] >= 0)
            {
                return new ClusterModel(costs[0], costs[1], costs[2], costs[3], costs[4]);
            }
            terms.Remove(worst);
        }
    }

    public double PredictMs(in ModelPoint point)
    {
        var terms = TermsOf(point);
        return (BlockMs * terms[0]) + (SerialMs * terms[1]) + (SharedMs * terms[2]) + (MessageMs * terms[3]) + (MibMs * terms[4]);
    }

    /// <summary>How much of the differences among the measured times the model explains: 1 for all.</summary>
    public double Explained(IReadOnlyList<ModelPoint> points)
    {
        var mean = points.Average(point => point.Ms);
        var total = points.Sum(point => Square(point.Ms - mean));
        return total == 0 ? 1 : 1 - (points.Sum(point => Square(point.Ms - PredictMs(point))) / total);

        static double Square(double value) => value * value;
    }

    /// <summary>What silos send for a block of one size, for numbers of silos that weren't measured.</summary>
    /// <param name="measured">Points of that size.</param>
    public static ModelPoint Extrapolate(IReadOnlyList<ModelPoint> measured, int silos)
    {
        // Each further silo is told as much as the others: messages grow with their number. What is sent of the state and of the work is what isn't at the coordinator: a share of 1 - 1/n.
        var one = measured.Where(point => point.Silos == 1).Select(point => (point.Messages, point.Mib)).DefaultIfEmpty((0, 0)).First();
        var several = measured.Where(point => point.Silos > 1).ToArray();
        var perSilo = several.Average(point => (point.Messages - one.Messages) / (point.Silos - 1));
        var whole = several.Average(point => (point.Mib - one.Mib) / Away(point.Silos));
        return new ModelPoint(silos, measured[0].Transactions, one.Messages + (perSilo * (silos - 1)), one.Mib + (whole * Away(silos)), 0);

        static double Away(int silos) => 1 - (1d / silos);
    }

    private static double[] TermsOf(in ModelPoint point) => [1, point.Transactions, point.Transactions / point.Silos, point.Messages, point.Mib];

    /// <summary>The normal equations by elimination with pivots, over columns of one scale; those left out cost nothing.</summary>
    private static double[] Solve(IReadOnlyList<ModelPoint> points, List<int> terms)
    {
        var rows = points.Select(point => TermsOf(point)).ToArray();
        var scale = Enumerable.Range(0, Terms).Select(term => Math.Sqrt(rows.Sum(row => row[term] * row[term]))).ToArray();
        var used = terms.Where(term => scale[term] > 0).ToArray();
        var n = used.Length;
        var matrix = new double[n, n + 1];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                matrix[i, j] = rows.Sum(row => row[used[i]] / scale[used[i]] * (row[used[j]] / scale[used[j]]));
            }
            matrix[i, n] = rows.Select((row, k) => row[used[i]] / scale[used[i]] * points[k].Ms).Sum();
        }
        // A symmetric matrix: pivots are taken from the diagonal, in the order of the terms, and a column that the ones before explain is skipped.
        var isKept = new bool[n];
        for (var pivot = 0; pivot < n; pivot++)
        {
            if (matrix[pivot, pivot] < Dependent)
            {
                continue;
            }
            isKept[pivot] = true;
            for (var row = 0; row < n; row++)
            {
                if (row == pivot)
                {
                    continue;
                }
                var factor = matrix[row, pivot] / matrix[pivot, pivot];
                for (var column = 0; column <= n; column++)
                {
                    matrix[row, column] -= factor * matrix[pivot, column];
                }
            }
        }
        var costs = new double[Terms];
        for (var i = 0; i < n; i++)
        {
            costs[used[i]] = isKept[i] ? matrix[i, n] / matrix[i, i] / scale[used[i]] : 0;
        }
        return costs;
    }
}

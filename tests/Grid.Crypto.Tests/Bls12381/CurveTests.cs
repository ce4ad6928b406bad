using CsCheck;
using Grid.Crypto.Bls12381;

namespace Grid.Crypto.Tests.Bls12381;

/// <summary>The laws of <see cref="CurveLaws{TField, TGroup}"/> for both curves. Random points are almost never in the subgroups.</summary>
public class CurveTests
{
    private static readonly CurveLaws<Fp, G1> OverFp = new(G1.Generator, Fields.Elements.Select(start =>
    {
        var x = start;
        Fp y;
        while (!Fp.TryGetRoot((Fp.Square(x) * x) + G1.B, out y))
        {
            x = Fp.Reduce(x + Fp.One);
        }
        return new AffinePoint<Fp>(x, y);
    }));

    private static readonly CurveLaws<Fp2, G2> OverFp2 = new(G2.Generator, Fields.Elements2.Select(start =>
    {
        var x = start;
        Fp2 y;
        while (!Fp2.TryGetRoot((Fp2.Square(x) * x) + G2.B, out y))
        {
            x = Fp2.Reduce(x + Fp2.One);
        }
        return new AffinePoint<Fp2>(x, y);
    }));

    [Fact]
    public void Points_are_a_group_in_G1() => OverFp.PointsAreAGroup();

    [Fact]
    public void Points_are_a_group_in_G2() => OverFp2.PointsAreAGroup();

    [Fact]
    public void The_subgroup_is_what_its_order_annihilates_in_G1() => OverFp.TheSubgroupIsWhatItsOrderAnnihilates();

    [Fact]
    public void The_subgroup_is_what_its_order_annihilates_in_G2() => OverFp2.TheSubgroupIsWhatItsOrderAnnihilates();

    [Fact]
    public void The_generator_generates_in_G1() => OverFp.TheGeneratorGenerates();

    [Fact]
    public void The_generator_generates_in_G2() => OverFp2.TheGeneratorGenerates();

    [Fact]
    public void Parts_add_up_to_the_scalar_in_G1() => OverFp.PartsAddUpToTheScalar();

    [Fact]
    public void Parts_add_up_to_the_scalar_in_G2() => OverFp2.PartsAddUpToTheScalar();

    [Fact]
    public void One_multiple_agrees_with_doubling_and_adding_in_G1() => OverFp.OneMultipleAgreesWithDoublingAndAdding();

    [Fact]
    public void One_multiple_agrees_with_doubling_and_adding_in_G2() => OverFp2.OneMultipleAgreesWithDoublingAndAdding();

    [Fact]
    public void Sums_agree_with_doubling_and_adding_in_G1() => OverFp.SumsAgreeWithDoublingAndAdding();

    [Fact]
    public void Sums_agree_with_doubling_and_adding_in_G2() => OverFp2.SumsAgreeWithDoublingAndAdding();

    [Fact]
    public void A_sum_in_many_groups_of_windows_in_G1() => OverFp.ASumInManyGroupsOfWindows();

    [Fact]
    public void A_sum_in_many_groups_of_windows_in_G2() => OverFp2.ASumInManyGroupsOfWindows();

    [Fact]
    public void No_points_sum_to_infinity_in_G1() => OverFp.NoPointsSumToInfinity();

    [Fact]
    public void No_points_sum_to_infinity_in_G2() => OverFp2.NoPointsSumToInfinity();
}

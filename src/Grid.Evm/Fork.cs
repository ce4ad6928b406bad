namespace Grid.Evm;

/// <summary>The protocol's versions on the main network, in order. What each changed is in <see cref="Rules{TFork}"/>.</summary>
public enum Fork
{
    Frontier,
    Homestead,
    Dao,
    TangerineWhistle,
    SpuriousDragon,
    Byzantium,
    Constantinople,
    Petersburg,
    Istanbul,
    MuirGlacier,
    Berlin,
    London,
    ArrowGlacier,
    GrayGlacier,
    Paris,
    Shanghai,
    Cancun,
    Prague,
    Osaka,
    Bpo1,
    Bpo2,
    Bpo3,
    Bpo4,
    Amsterdam,
}

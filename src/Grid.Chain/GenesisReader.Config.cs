using System.Text.Json;
using Grid.Evm;
using Grid.Primitives;

namespace Grid.Chain;

internal ref partial struct GenesisReader
{
    // In any case, as geth reads them.
    private static readonly Dictionary<string, Fork> ActivationFields = new(StringComparer.OrdinalIgnoreCase)
    {
        ["homesteadBlock"] = Fork.Homestead,
        ["daoForkBlock"] = Fork.Dao,
        ["eip150Block"] = Fork.TangerineWhistle,
        ["eip158Block"] = Fork.SpuriousDragon,
        ["byzantiumBlock"] = Fork.Byzantium,
        ["constantinopleBlock"] = Fork.Constantinople,
        ["petersburgBlock"] = Fork.Petersburg,
        ["istanbulBlock"] = Fork.Istanbul,
        ["muirGlacierBlock"] = Fork.MuirGlacier,
        ["berlinBlock"] = Fork.Berlin,
        ["londonBlock"] = Fork.London,
        ["arrowGlacierBlock"] = Fork.ArrowGlacier,
        ["grayGlacierBlock"] = Fork.GrayGlacier,
        ["shanghaiTime"] = Fork.Shanghai,
        ["cancunTime"] = Fork.Cancun,
        ["pragueTime"] = Fork.Prague,
        ["osakaTime"] = Fork.Osaka,
        ["bpo1Time"] = Fork.Bpo1,
        ["bpo2Time"] = Fork.Bpo2,
        ["bpo3Time"] = Fork.Bpo3,
        ["bpo4Time"] = Fork.Bpo4,
        ["amsterdamTime"] = Fork.Amsterdam,
    };

    private void ReadConfig()
    {
        _json.Read();
        ExpectObject();
        while (NextField())
        {
            if (ActivationFields.TryGetValue(_field, out var fork))
            {
                if (ReadOptional())
                {
                    _activations[fork] = (ulong)ReadUInt256Here();
                }
                continue;
            }
            switch (_field)
            {
                case "chainId": _chainId = ReadUInt64(); break;
                case "terminalTotalDifficulty": _terminalTotalDifficulty = ReadOptional() ? ReadUInt256Here() : null; break;
                case "daoForkSupport": _daoForkSupport = ReadOptional() && _json.GetBoolean(); break;
                case "depositContractAddress": _depositContract = ReadAddress(); break;
                case "blobSchedule": ReadBlobSchedule(); break;
                default: _json.Skip(); break;
            }
        }
    }

    private void ReadBlobSchedule()
    {
        _json.Read();
        ExpectObject();
        while (NextField())
        {
            if (!ActivationFields.TryGetValue(_field + "Time", out var fork))
            {
                _json.Skip();
                continue;
            }
            ulong target = 0, max = 0, fraction = 0;
            _json.Read();
            ExpectObject();
            while (NextField())
            {
                switch (_field)
                {
                    case "target": target = ReadUInt64(); break;
                    case "max": max = ReadUInt64(); break;
                    case "baseFeeUpdateFraction": fraction = ReadUInt64(); break;
                    default: _json.Skip(); break;
                }
            }
            if (max == 0 || fraction == 0)
            {
                throw new FormatException("A blob schedule needs max and baseFeeUpdateFraction.");
            }
            _blobSchedule[fork] = new BlobParameters(target, max, fraction);
        }
    }

    private readonly ChainSpec BuildSpec()
    {
        // geth: Constantinople without an own number for Petersburg means both at once.
        if (_activations.TryGetValue(Fork.Constantinople, out var at))
        {
            _activations.TryAdd(Fork.Petersburg, at);
        }
        var spec = new ChainSpec(_chainId, _activations, _blobSchedule)
        {
            TerminalTotalDifficulty = _terminalTotalDifficulty,
            DaoForkSupport = _daoForkSupport,
            DepositContract = _depositContract,
        };
        // A chain that begins with Prague and without the contracts never had a chance to deploy them: it goes without.
        var beginsWithPrague = spec.ForkAt(_number, _timestamp, _terminalTotalDifficulty is { IsZero: true }) >= Fork.Prague;
        return beginsWithPrague && !(HasCode(SystemContracts.WithdrawalRequests) && HasCode(SystemContracts.ConsolidationRequests))
            ? spec.WithSystemContractsRequired(false)
            : spec;
    }

    private readonly bool HasCode(Address address) => _accounts.Exists(account => account.Code is not null && account.Address == address);
}

namespace Grid.Node.Tests;

/// <summary>
/// Small fixtures, written by hand. In the state test the owner of the suites' usual key sends 1 wei to 0x…1000 at 10 wei a gas unit. What must
/// come out follows by arithmetic: 21,000 gas units make 210,000 wei for the beneficiary, as there is no base fee before London, and the
/// sender keeps 1,000,000 - 210,000 - 1 wei.
/// </summary>
internal static class Fixtures
{
    public const string Sender = "0xa94f5374fce5edbc8e2a8697c15331677e6ebf0b";

    /// <summary>The state root of the sender alone, and of the three accounts after the transfer.</summary>
    public const string RootBefore = "0x18c1342886baeaf926b3fbbfb0484bf0cd1ced43576547c11153d3c8944d5c47";

    public const string RootAfter = "0x56952aa3804c48154a02c420a06e237dfa53fabd0212cd3009933bd8d4e1363f";

    public const string RlpTest = """{ "dog": { "in": "dog", "out": "0x83646f67" }, "short": { "in": "INVALID", "out": "0x83646f" } }""";

    public const string KeyStoreTest = """{ "one": { "json": {}, "password": "secret" } }""";

    /// <summary>keccak256(rlp([])): no logs.</summary>
    private const string NoLogs = "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347";

    private const string StateBefore = $$"""{ "{{Sender}}": { "nonce": "0x00", "balance": "0x0f4240", "code": "0x", "storage": {} } }""";

    public static string Transfer(string root = RootAfter, string balanceLeft = "0x0c0def") =>
        StateTest(gasLimit: "0x5208", root, StateAfter(balanceLeft), expectException: null);

    /// <summary>The gas limit is one below what a transfer costs.</summary>
    public static string RefusedTransfer(string expectException) => StateTest(gasLimit: "0x5207", RootBefore, StateBefore, expectException);

    private static string StateAfter(string balanceLeft) => $$"""
        { "{{Sender}}": { "nonce": "0x01", "balance": "{{balanceLeft}}", "code": "0x", "storage": {} },
          "0x0000000000000000000000000000000000001000": { "nonce": "0x00", "balance": "0x01", "code": "0x", "storage": {} },
          "0x2adc25665018aa1fe0e6bc666dac8fc2697ff9ba": { "nonce": "0x00", "balance": "0x033450", "code": "0x", "storage": {} } }
        """;

    private static string StateTest(string gasLimit, string root, string state, string? expectException) => $$"""
        { "transfer": {
          "env": { "currentCoinbase": "0x2adc25665018aa1fe0e6bc666dac8fc2697ff9ba", "currentGasLimit": "0x0f4240", "currentNumber": "0x01",
            "currentTimestamp": "0x03e8", "currentDifficulty": "0x020000", "currentRandom": "0x00", "currentBaseFee": "0x0a" },
          "pre": {{StateBefore}},
          "transaction": { "nonce": "0x00", "gasPrice": "0x0a", "gasLimit": [ "{{gasLimit}}" ], "value": [ "0x01" ], "data": [ "0x" ],
            "to": "0x0000000000000000000000000000000000001000", "sender": "{{Sender}}",
            "secretKey": "0x45a915e4d060149eb4365960e6a7a45f334393093061116b197e3240065ff2d8" },
          "post": { "Berlin": [ { "hash": "{{root}}", "logs": "{{NoLogs}}", "indexes": { "data": 0, "gas": 0, "value": 0 },
            {{(expectException is null ? "" : $"\"expectException\": \"{expectException}\",")}} "state": {{state}} } ] }
        } }
        """;
}

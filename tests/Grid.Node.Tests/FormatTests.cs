using Grid.Chain;
using Grid.Node.Commands;
using Grid.Primitives;

namespace Grid.Node.Tests;

/// <summary>Each fixture format with a case that is right, and the same case with one value changed, which has to fail.</summary>
public sealed class FormatTests : IDisposable
{
    private const string EmptyOmmers = "1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347";

    private const string EmptyTrie = "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";

    private static readonly string s_zeros = new('0', 64);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>File, content, what to change, and into what.</summary>
    public static TheoryData<string, string, string, string> Samples => new()
    {
        { "trietest.json", """{ "a": { "in": [["do","verb"],["horse","stallion"],["doge","coin"],["x","y"],["dog","puppy"],["x",null]], "root": "0x5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84" } }""", "puppy", "pappy" },
        { "trieanyorder_secureTrie.json", """{ "a": { "in": { "do": "verb", "horse": "stallion", "doge": "coin", "dog": "puppy" }, "root": "0x29b235a58c3c25ab83010c327d5932bcf05324b7d6b1185e650798034783ca9d" } }""", "verb", "verbs" },
        { "trietestnextprev.json", """{ "a": { "in": ["cat", "doge", "wallace"], "tests": [["catering", "cat", "doge"]] } }""", "[\"catering\", \"cat\"", "[\"catering\", \"\"" },
        { "hexencodetest.json", """{ "a": { "seq": [0, 1, 2, 3, 4], "term": true, "out": "301234" } }""", "301234", "101234" },
        { "difficultyHomestead.json", """{ "a": { "parentTimestamp": "0x684", "parentDifficulty": "0x6aa9fe0e7a00ac12", "currentTimestamp": "0x685", "currentBlockNumber": "0x0186a0", "currentDifficulty": "0x6ab7534e3bcfec27" } }""", "ec27", "ec28" },
        { "grouped.json", """{ "a": { "_info": { "comment": "" }, "Homestead": { "one": { "currentBlockNumber": "0x2191c0", "currentDifficulty": "0x1c86fb51c005b4ed", "currentTimestamp": "0x623a5ce68", "parentDifficulty": "0x1c8a8ca3546040f5", "parentTimestamp": "0x623a5ce54", "parentUncles": "0x00" } } } }""", "b4ed", "b4ee" },
        { "keyaddrtest.json", """[ { "seed": "cow", "key": "c85ef7d79691fe79573b1a7064c19c1a9819ebdbd1faaab1a8ec92344438aaf4", "addr": "cd2a3d9f938e13cd947ec05abc7fe734df8dd826", "sig_of_emptystring": { "v": "27", "r": "55022946425863772466282515086640833500580355555249003729267710149987842051473", "s": "3021698389129950584349170550428805649435913935175976180112863059249983907949" } } ]""", "cd2a", "cd2b" },
        { "txtest.json", SignedTransaction, "\"nonce\": 0", "\"nonce\": 1" },
        { "crypto.json", """{ "aes1": { "decryption_type": "aes_ctr", "key": "abb51256c1324a1350598653f46aa3ad693ac3cf5d05f36eba3f495a1f51590f", "cipher": "84a727bc81fa4b13947dc9728b88fd08", "payload": "000102030405060708090a0b0c0d0e0f" } }""", "84a7", "84a8" },
        { "crypto2.json", Ecies, "9934a7", "9934a8" },
        { "blockgenesistest.json", $$"""[ { "inputs": {}, "result": "f892f88ea0{{s_zeros}}a0{{EmptyOmmers}}94{{new string('0', 40)}}8080834000008087038d7ea4c68000830f4240808080a004994f67dc55b09e814ab7ffc8df3686b4afb2bb53e60eae97ef043fe03fb829c0c0" } ]""", "04994f", "04994e" },
        { "genesishashestest.json", $$"""{ "genesis_rlp_hex": "{{MainNetworkGenesis}}", "genesis_state_root": "d7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544", "genesis_hash": "d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3" }""", "880000000000000042", "880000000000000043" },
        { "basic_genesis_tests.json", Genesis, "0x07", "0x08" },
        { "vm.json", VmTest, "0x013874", "0x013873" },
        { "vm2.json", VmTest, "0x1dcc4d", "0x1dcc4e" },
        { "vm3.json", VmTest, "fffe\" } } }, \"pre\"", "fffd\" } } }, \"pre\"" },
        { "blake2F.json", Blake2F, "08c9bc", "08c9bd" },
        { "blake2F.json", Blake2F, "\"Gas\": 0", "\"Gas\": 1" },
        { "fail-blake2f.json", """[ { "Input": "", "ExpectedError": "invalid input length", "Name": "empty" } ]""", "\"Input\": \"\"", $"\"Input\": \"{Blake2FInput}\"" },
        { "verify/kzg_case/data.yaml", KzgProof, "output: true", "output: false" },
        { "verify/kzg_case/data.yaml", KzgProof, "0001'", "0002'" },
        { "call_tracer/transfer.json", TraceOf(CallTrace), "\"0x5208\"", "\"0x5209\"" },
        { "call_tracer_withLog/transfer.json", TraceOf(CallTrace), "\"value\": \"0x1\"", "\"value\": \"0x2\"" },
        { "call_tracer_legacy/transfer.json", TraceOf(CallTrace[..^1] + ", \"output\": \"0x\" }"), "\"CALL\"", "\"CREATE\"" },
        { "call_tracer_flat/transfer.json", TraceOf(FlatTrace), "\"traceAddress\": []", "\"traceAddress\": [0]" },
        { "prestate_tracer/transfer.json", TraceOf(Prestate), "0x1e8480", "0x1e8481" },
        { "prestate_tracer_with_diff_mode/transfer.json", TraceOf(StateDifference, """ "tracerConfig": { "diffMode": true }, """), "\"nonce\": 1", "\"nonce\": 2" },
        { "prestate_tracer_legacy/transfer.json", TraceOf(LegacyPrestate), "\"storage\": {}", "\"storage\": { \"0x00\": \"0x00\" }" },
        { "erc7562_tracer/transfer.json", TraceOf(Erc7562Trace), "\"outOfGas\": false", "\"outOfGas\": true" },
        { "testcases_sub.json", $$"""[ { "X": "{{s_zeros[1..]}}1", "Y": "{{s_zeros[1..]}}3", "Expected": "{{s_zeros[1..]}}2" } ]""", "2\" }", "4\" }" },
    };

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task Passes_when_right_and_fails_when_changed(string name, string content, string from, string to)
    {
        _folder.Add(name, content);
        var run = await CommandRun.OfAsync("replay", _folder.Path);
        Assert.True(run.Lines[^1] == "1 passed, 0 failed, 0 skipped", run.Output);

        Assert.Contains(from, content, StringComparison.Ordinal);
        _folder.Add(name, content.Replace(from, to, StringComparison.Ordinal));
        run = await CommandRun.OfAsync("replay", _folder.Path);
        Assert.True(run.Lines[^1] == "0 passed, 1 failed, 0 skipped", run.Output);
        Assert.Equal(ExitCode.Failure, run.ExitCode);
    }

    [Fact]
    public async Task A_vm_test_without_a_state_afterwards_has_to_end_exceptionally()
    {
        var content = VmTest[..VmTest.IndexOf("\"gas\": \"0x013874\"", StringComparison.Ordinal)] + VmTest[VmTest.IndexOf("\"pre\"", StringComparison.Ordinal)..];
        _folder.Add("vm.json", content);
        var run = await CommandRun.OfAsync("replay", _folder.Path);
        Assert.Contains("should end exceptionally", run.Output, StringComparison.Ordinal);
        // POP of nothing.
        _folder.Add("vm.json", content.Replace(AddCode, "0x50", StringComparison.Ordinal));
        run = await CommandRun.OfAsync("replay", _folder.Path);
        Assert.Equal("1 passed, 0 failed, 0 skipped", run.Lines[^1]);
    }

    [Theory]
    [InlineData("keys.json", """{ "a": { "json": {}, "password": "x", "priv": "00" } }""", "skipped 1: key store test: Grid keeps no keys")]
    [InlineData("seal.json", """{ "a": { "header": "", "mixHash": "", "seed": "" } }""", "skipped 1: proof of work test: Grid doesn't verify seals")]
    [InlineData("other.json", """{ "a": { "b": 1 } }""", "skipped 1: format not recognized")]
    public async Task What_Grid_has_no_part_for_is_skipped_with_its_reason(string name, string content, string reason)
    {
        _folder.Add(name, content);
        var run = await CommandRun.OfAsync("replay", _folder.Path);
        Assert.Contains(reason, run.Lines);
        Assert.Equal("0 passed, 0 failed, 1 skipped", run.Lines[^1]);
    }

    [Theory]
    [InlineData("a: &x [1]\nb: *x")]
    [InlineData("a: [")]
    [InlineData("a: 1\n---\nb: 1")]
    public async Task Yaml_that_says_more_than_a_fixture_is_refused(string yaml)
    {
        _folder.Add("data.yaml", yaml);
        var run = await CommandRun.OfAsync("replay", _folder.Path);
        Assert.Equal("0 passed, 1 failed, 0 skipped", run.Lines[^1]);
    }

    private const string SignedTransaction = """
        [ { "key": "c85ef7d79691fe79573b1a7064c19c1a9819ebdbd1faaab1a8ec92344438aaf4", "nonce": 0, "gasprice": 1000000000000, "startgas": 10000,
          "to": "13978aee95f38490e9769c39b2773ed763d9cd5f", "value": 10000000000000000, "data": "",
          "unsigned": "eb8085e8d4a510008227109413978aee95f38490e9769c39b2773ed763d9cd5f872386f26fc1000080808080",
          "signed": "f86b8085e8d4a510008227109413978aee95f38490e9769c39b2773ed763d9cd5f872386f26fc10000801ba0eab47c1a49bf2fe5d40e01d313900e19ca485867d462fe06e139e3a536c6d4f4a014a569d327dcda4b29f74f93c0e9729d2f49ad726e703f9cd90dbb0fbf6649f1" } ]
        """;

    private const string Ecies = """
        { "ecies1": { "decryption_type": "ecies_sec1_altered", "key": "5e173f6ac3c669587538e7727cf19b782a4f2fda07c1eaa662c593e5e85e3051",
          "cipher": "049934a7b2d7f9af8fd9db941d9da281ac9381b5740e1f64f7092f3588d4f87f5ce55191a6653e5e80c1c5dd538169aa123e70dc6ffc5af1827e546c0e958e42dad355bcc1fcb9cdf2cf47ff524d2ad98cbf275e661bf4cf00960e74b5956b799771334f426df007350b46049adb21a6e78ab1408d5e6ccde6fb5e69f0f4c92bb9c725c02f99fa72b9cdc8dd53cff089e0e73317f61cc5abf6152513cb7d833f09d2851603919bf0fbe44d79a09245c6e8338eb502083dc84b846f2fee1cc310d2cc8b1b9334728f97220bb799376233e113",
          "payload": "802b052f8b066640bba94a4fc39d63815c377fced6fcb84d27f791c9921ddf3e9bf0108e298f490812847109cbd778fae393e80323fd643209841a3b7f110397f37ec61d84cea03dcc5e8385db93248584e8af4b4d1c832d8c7453c0089687a700" } }
        """;

    private static string MainNetworkGenesis =>
        $"f90219f90214a0{s_zeros}a0{EmptyOmmers}94{new string('0', 40)}a0d7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544a0{EmptyTrie}a0{EmptyTrie}"
        + $"b90100{new string('0', 512)}850400000000808213888080a011bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82faa0{s_zeros}880000000000000042c0c0";

    private static string Genesis => $$"""
        { "test1": { "nonce": "0x123123123123123f", "timestamp": "0x539", "parentHash": "0x{{s_zeros}}", "extraData": "0x686f727365", "gasLimit": "0x1388",
          "difficulty": "0x400000", "mixHash": "0x{{s_zeros}}", "coinbase": "0x{{new string('3', 40)}}",
          "alloc": { "9ca0e998df92c5351cecbbb6dba82ac2266f7e0c": { "code": "0x606060606060606060", "storage": { "0x03": "0x07" } },
            "cd2a3d9f938e13cd947ec05abc7fe734df8dd826": { "balance": "1234567000000000000000" } },
          "result": "f901fef901f9a0{{s_zeros}}a0{{EmptyOmmers}}94{{new string('3', 40)}}a0dd406a973a0a5a9826d00da276e996d28426d24f12b8fa683723e9db532b8c59a0{{EmptyTrie}}a0{{EmptyTrie}}b90100{{new string('0', 512)}}83400000808213888082053985686f727365a0{{s_zeros}}88123123123123123fc0c0" } }
        """;

    private static string Blake2FInput =>
        "0000000048c9bdf267e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5d182e6ad7f520e511f6c3e2b8c68059b6bbd41fbabd9831f79217e1319cde05b616263"
        + new string('0', 250) + "0300000000000000" + new string('0', 16) + "01";

    private static string Blake2F => $$"""
        [ { "Input": "{{Blake2FInput}}", "Name": "vector 4", "Gas": 0,
          "Expected": "08c9bcf367e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5d282e6ad7f520e511f6c3e2b8c68059b9442be0454267ce079217e1319cde05b" } ]
        """;

    /// <summary>From the consensus specifications: a proof about a polynomial of degree three.</summary>
    private const string KzgProof = """
        input:
          commitment: '0xb49d88afcd7f6c61a8ea69eff5f609d2432b47e7e4cd50b02cdddb4e0c1460517e8df02e4e64dc55e3d8ca192d57193a'
          z: '0x0000000000000000000000000000000000000000000000000000000000000001'
          y: '0x443e7af5274b52214ea6c775908c54519fea957eecd98069165a8b771082fd51'
          proof: '0xa060b350ad63d61979b80b25258e7cc6caf781080222e0209b4a0b074decca874afc5c41de3313d8ed217d905e6ada43'
        output: true
        """;

    /// <summary>1 wei at 10 wei a unit of gas, by the key that is the number one.</summary>
    private static readonly Transaction s_transfer = new Signer(UInt256.One).Sign(new Transaction
    {
        Type = TransactionType.Legacy, ChainId = 1, GasLimit = 21_000, MaxFeePerGas = 10, MaxPriorityFeePerGas = 10, To = Address.FromNumber(0x1000), Value = 1,
    });

    private const string Payer = "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf", Payee = "0x0000000000000000000000000000000000001000", Miner = "0x2adc25665018aa1fe0e6bc666dac8fc2697ff9ba";

    private const string CallFields = $$"""
        "type": "CALL", "from": "{{Payer}}", "to": "{{Payee}}", "gas": "0x5208", "gasUsed": "0x5208", "input": "0x", "value": "0x1"
        """;

    private const string CallTrace = "{ " + CallFields + "}";

    private const string FlatTrace = $$"""
        [ { "action": { "callType": "call", "from": "{{Payer}}", "to": "{{Payee}}", "gas": "0x5208", "input": "0x", "value": "0x1" }, "blockNumber": 77,
          "result": { "gasUsed": "0x5208", "output": "0x" }, "subtraces": 0, "traceAddress": [], "type": "call" } ]
        """;

    private const string Prestate = $$"""{ "{{Payer}}": { "balance": "0x1e8480" } }""";

    // The payer had 2,000,000 wei, and 210,000 go to the miner.
    private const string StateDifference = $$"""
        { "pre": { "{{Payer}}": { "balance": "0x1e8480" } },
          "post": { "{{Payer}}": { "balance": "0x1b502f", "nonce": 1 }, "{{Payee}}": { "balance": "0x1" }, "{{Miner}}": { "balance": "0x33450" } } }
        """;

    private const string LegacyPrestate = $$"""
        { "{{Payer}}": { "balance": "0x1e8480", "nonce": 0, "code": "0x", "storage": {} }, "{{Payee}}": { "balance": "0x0", "nonce": 0, "code": "0x", "storage": {} } }
        """;

    private const string Erc7562Trace = $$"""
        { {{CallFields}}, "outOfGas": false, "usedOpcodes": {}, "contractSize": {}, "extCodeAccessInfo": [], "keccak": [],
          "accessedSlots": { "reads": {}, "writes": {}, "transientReads": {}, "transientWrites": {} } }
        """;

    private static string TraceOf(string result, string config = "") => $$"""
        { "genesis": { "difficulty": "131072", "gasLimit": "1000000", "alloc": { "{{Payer}}": { "balance": "2000000" } },
            "config": { "chainId": 1, "homesteadBlock": 0, "eip150Block": 0, "eip158Block": 0, "byzantiumBlock": 0 } },
          "context": { "number": "1", "difficulty": "131072", "timestamp": "1000", "gasLimit": "1000000", "miner": "{{Miner}}" },{{config}}
          "input": "{{Hex.Encode(s_transfer.Encoded)}}", "result": {{result}} }
        """;

    private const string AddCode = "0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff0160005500";

    private const string Executed = $$"""{ "0x0f572e5295c57f15886f9b263e2f6d2d6c7b5ec6": { "balance": "0x0de0b6b3a7640000", "nonce": "0x00", "code": "{{AddCode}}", "storage": { """;

    private const string VmTest = $$"""
        { "add0": { "callcreates": [], "env": { "currentCoinbase": "0x2adc25665018aa1fe0e6bc666dac8fc2697ff9ba", "currentDifficulty": "0x020000",
            "currentGasLimit": "0x7fffffffffffffff", "currentNumber": "0x01", "currentTimestamp": "0x03e8" },
          "exec": { "address": "0x0f572e5295c57f15886f9b263e2f6d2d6c7b5ec6", "caller": "0xcd1722f2947def4cf144679da39c4c32bdc35681", "code": "{{AddCode}}",
            "data": "0x", "gas": "0x0186a0", "gasPrice": "0x0c", "origin": "0xcd1722f2947def4cf144679da39c4c32bdc35681", "value": "0x0b" },
          "gas": "0x013874", "logs": "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347", "out": "0x",
          "post": {{Executed}} "0x00": "0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe" } } }, "pre": {{Executed}} } } } } }
        """;
}

using Grid.Crypto;
using Grid.Primitives;

namespace Grid.Evm.Tests;

/// <summary>CREATE, CREATE2 and creating transactions: EIP-2, EIP-170, EIP-684, EIP-1014, EIP-3541, EIP-3860, EIP-7610.</summary>
public class CreationTests
{
    /// <summary>Initcode that returns the given bytes, at most 32.</summary>
    private static byte[] Returning(string hex) =>
        Assembler.Assemble($"PUSH32 {hex.PadRight(64, '0')} PUSH1 00 MSTORE PUSH1 {hex.Length / 2:x2} PUSH1 00 RETURN");

    private static Address Created => ContractAddress.FromNonce(Scene.Sender, 0);

    [Fact]
    public void Address_from_nonce()
    {
        // The first contracts of a well-known development account.
        var sender = Address.Parse("0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0");
        Assert.Equal(Address.Parse("0xcd234a471b72ba2f1ccf0a70fcaba648a5eecd8d"), ContractAddress.FromNonce(sender, 0));
        Assert.Equal(Address.Parse("0x343c43a37d37dff08ae8c4a11544c718abb4fcf8"), ContractAddress.FromNonce(sender, 1));
        Assert.Equal(
            Address.FromWord(Keccak256.Hash([0xd9, 0x94, .. sender.Span, 0x83, 0x01, 0x00, 0x00]).ToWord()), ContractAddress.FromNonce(sender, 0x10000));
    }

    /// <summary>The examples of EIP-1014.</summary>
    [Theory]
    [InlineData("0x0000000000000000000000000000000000000000", "0x0", "00", "0x4D1A2e2bB4F88F0250f26Ffff098B0b30B26BF38")]
    [InlineData("0xdeadbeef00000000000000000000000000000000", "0x0", "00", "0xB928f69Bb1D91Cd65274e3c79d8986362984fDA3")]
    [InlineData("0x00000000000000000000000000000000deadbeef", "0xcafebabe", "deadbeef", "0x60f3f640a8508fC6a86d45DF051962668E1e8AC7")]
    [InlineData("0x0000000000000000000000000000000000000000", "0x0", "", "0xE33C0C7F7df4809055C3ebA6c09CFe4BaF1BD9e0")]
    public void Address_from_salt(string sender, string salt, string initcode, string address) => Assert.Equal(
        Address.Parse(address), ContractAddress.FromSalt(Address.Parse(sender), UInt256.Parse(salt), Hex.Decode(initcode)));

    [Fact]
    public void Stores_what_initcode_returns()
    {
        var scene = new Scene { Value = 3 };
        var result = scene.Create(Returning("6001"));
        Assert.Equal(Halt.Return, result.Halt);
        Assert.Equal(Created, result.CreatedAddress);
        var account = scene.World.Accounts[Created];
        Assert.Equal((1UL, (UInt256)3, true), (account.Nonce, account.Balance, account.IsCreated));
        Assert.Equal(Hex.Decode("6001"), account.Code!.Bytes);
        // 5 opcodes, one word of memory, two bytes of code.
        Assert.Equal((5 * 3) + 3 + 3 + 400 - 3, scene.Gas - result.GasLeft);
    }

    [Theory]
    [InlineData(Fork.Berlin, "ef", Halt.Return)]
    [InlineData(Fork.London, "ef", Halt.CodeStartsWithEf)]
    [InlineData(Fork.London, "fe", Halt.Return)]
    public void Eip3541(Fork fork, string code, Halt halt) => Assert.Equal(halt, new Scene { Fork = fork }.Create(Returning(code)).Halt);

    [Theory]
    [InlineData(Fork.Homestead, 0x6001, Halt.Return)]
    [InlineData(Fork.SpuriousDragon, 0x6000, Halt.Return)]
    [InlineData(Fork.SpuriousDragon, 0x6001, Halt.CodeTooLarge)]
    public void Eip170(Fork fork, int length, Halt halt) =>
        Assert.Equal(halt, new Scene { Fork = fork }.Create(Assembler.Assemble($"PUSH2 {length:x4} PUSH1 00 RETURN")).Halt);

    [Fact]
    public void Eip2_makes_a_contract_without_code_a_failure()
    {
        var frontier = new Scene { Fork = Fork.Frontier, Gas = 300 };
        Assert.Equal(Halt.Return, frontier.Create(Returning("6001")).Halt);
        Assert.Null(frontier.World.Accounts[Created].Code);
        Assert.Equal(Halt.OutOfGas, new Scene { Fork = Fork.Homestead, Gas = 300 }.Create(Returning("6001")).Halt);
    }

    [Theory]
    [InlineData("nonce")]
    [InlineData("code")]
    [InlineData("storage")]
    [InlineData("balance")]
    public void Eip684_and_Eip7610_collide(string with)
    {
        var scene = new Scene();
        var account = scene.World.Add(Created, balance: with == "balance" ? 5 : 0, code: with == "code" ? [1] : null, nonce: with == "nonce" ? 1UL : 0);
        account.Storage[1] = with == "storage" ? 1 : 0;
        var result = scene.Create([]);
        Assert.Equal(with == "balance" ? Halt.Stop : Halt.CreateCollision, result.Halt);
        Assert.Equal(with == "balance", result.GasLeft > 0);
        Assert.Equal(with == "balance" ? Created : default, result.CreatedAddress);
    }

    private const string ReturnTop = " PUSH1 00 MSTORE PUSH1 20 PUSH1 00 RETURN";

    [Fact]
    public void Create_pushes_the_address_and_counts_the_nonce()
    {
        var scene = new Scene("PUSH1 00 PUSH1 00 PUSH1 02 CREATE" + ReturnTop, balance: 5);
        var word = UInt256.FromBigEndian(scene.Call().Output.Span);
        var address = ContractAddress.FromNonce(Scene.Contract, 1);
        Assert.Equal(address.ToWord(), word);
        Assert.Equal(2UL, scene.World.Accounts[Scene.Contract].Nonce);
        Assert.Equal((UInt256)2, scene.World.Accounts[address].Balance);
        Assert.True(scene.World.IsWarmAccount(address));
    }

    [Fact]
    public void Create_without_the_balance_changes_nothing()
    {
        var scene = new Scene("PUSH1 00 PUSH1 00 PUSH1 02 CREATE" + ReturnTop, balance: 1);
        Assert.Equal(UInt256.Zero, UInt256.FromBigEndian(scene.Call().Output.Span));
        Assert.Equal(1UL, scene.World.Accounts[Scene.Contract].Nonce);
    }

    [Fact]
    public void A_reverted_creation_gives_return_data_and_keeps_the_nonce()
    {
        // Initcode 60015ffd: REVERT(0, 1).
        var scene = new Scene("PUSH4 60015ffd PUSH1 00 MSTORE PUSH1 04 PUSH1 1c PUSH1 00 CREATE RETURNDATASIZE ADD" + ReturnTop);
        Assert.Equal((UInt256)1, UInt256.FromBigEndian(scene.Call().Output.Span));
        Assert.Equal(2UL, scene.World.Accounts[Scene.Contract].Nonce);
        Assert.False(scene.World.Accounts.ContainsKey(ContractAddress.FromNonce(Scene.Contract, 1)));
    }

    [Theory]
    [InlineData("CREATE", "PUSH2 c000 PUSH1 00 PUSH1 00", Halt.Stop)]
    [InlineData("CREATE", "PUSH2 c001 PUSH1 00 PUSH1 00", Halt.InitcodeTooLarge)]
    [InlineData("CREATE2", "PUSH1 00 PUSH2 c001 PUSH1 00 PUSH1 00", Halt.InitcodeTooLarge)]
    public void Eip3860_limits_initcode(string opcode, string operands, Halt halt) =>
        Assert.Equal(halt, new Scene($"{operands} {opcode}") { Gas = 1_000_000 }.Call().Halt);

    [Theory]
    [InlineData("CREATE", Fork.Paris, 32_000)]
    [InlineData("CREATE", Fork.Shanghai, 32_000 + 2)]
    [InlineData("CREATE2", Fork.Paris, 32_000 + 6)]
    [InlineData("CREATE2", Fork.Shanghai, 32_000 + 6 + 2)]
    public void Initcode_costs_by_the_word(string opcode, Fork fork, long gas)
    {
        // One byte of initcode: STOP. One word of memory.
        var operands = (opcode == "CREATE2" ? "PUSH1 00 " : "") + "PUSH1 01 PUSH1 00 PUSH1 00 ";
        Assert.Equal(gas + 3 + (opcode == "CREATE2" ? 12 : 9), new Scene(operands + opcode) { Fork = fork }.GasUsed());
    }

    [Fact]
    public void Initcode_reads_itself_as_code_and_no_input()
    {
        var scene = new Scene();
        var initcode = Assembler.Assemble("CODESIZE PUSH1 00 PUSH1 00 CODECOPY CALLDATASIZE PUSH1 20 MSTORE PUSH1 40 PUSH1 00 RETURN");
        var result = scene.Create(initcode);
        Assert.Equal(initcode, result.Output.Span[..initcode.Length].ToArray());
        Assert.Equal(0, result.Output.Span[63]);
    }
}

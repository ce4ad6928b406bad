using Grid.Chain;
using Grid.Evm;
using Grid.Primitives;
using static Grid.Execution.Tests.TestChain;

namespace Grid.Execution.Tests;

public class SystemCallTests
{
    [Fact]
    public void The_beacon_root_and_the_parent_hash_are_stored()
    {
        var chain = new TestChain();
        var result = chain.Execute();
        // EIP-4788: the time at its place in a ring of 8,191, the root that many places later.
        const ulong Time = GenesisTime + 12;
        Assert.Equal(Time, chain.SlotAfter(result, SystemContracts.BeaconRoots, Time % 8_191));
        Assert.Equal(0xbeac, chain.SlotAfter(result, SystemContracts.BeaconRoots, (Time % 8_191) + 8_191));
        // EIP-2935: the parent's hash at its number's place.
        Assert.Equal(chain.Parent.Hash.ToWord(), chain.SlotAfter(result, SystemContracts.HistoryStorage, 0));
        Assert.True(result.AccessList.IndexOf(SystemContracts.SystemAddress) < 0);
        Assert.Empty(result.Requests);
    }

    [Fact]
    public void A_withdrawal_request_comes_out_of_its_block()
    {
        var chain = new TestChain();
        byte[] key = [.. Enumerable.Range(1, 48).Select(i => (byte)i)];
        // EIP-7002: 48 bytes of public key and 8 of the amount, for a fee of 1 wei at least.
        var result = chain.Execute(Send(0, SystemContracts.WithdrawalRequests, 1, gas: 300_000, data: [.. key, 0, 0, 0, 0, 0, 0, 0, 9]));
        Assert.True(result.Receipts[0].Succeeded);
        var request = Assert.Single(result.Requests);
        // The type, the source address, the key, the amount in little-endian order.
        Assert.Equal([ExecutionRequests.WithdrawalType, .. Account(0).Span, .. key, 9, 0, 0, 0, 0, 0, 0, 0], request);
        var root = chain.After(result).Root;
        Assert.Equal(ExecutionRequests.HashOf([request]), BlockSealer.Seal(result, in root).Header.RequestsHash);
        Assert.NotEqual(ExecutionRequests.EmptyHash, ExecutionRequests.HashOf([request]));
    }

    [Fact]
    public void Missing_contracts_fail_a_strict_chain_and_no_other()
    {
        var strict = new TestChain(hasSystemContracts: false);
        var executor = new SequentialExecutor(strict.Next(), ExecutionMode.Import, [], strict.World);
        Assert.Equal(ExecutionStatus.Invalid, executor.Run());
        Assert.Equal(BlockErrorCode.SystemContractMissing, executor.Error.Code);

        var tolerant = new TestChain(hasSystemContracts: false, requiresSystemContracts: false);
        var result = tolerant.Execute();
        Assert.Empty(result.Requests);
        Assert.Equal(tolerant.World.Root, tolerant.After(result).Root);
    }

    [Fact]
    public void A_failing_request_contract_makes_the_block_invalid_and_a_failing_root_contract_does_not()
    {
        // The contracts replaced by one that reverts.
        GenesisAccount Reverting(Address address) => Contract(address, "0x5f5ffd");
        var roots = new TestChain([Reverting(SystemContracts.BeaconRoots), Reverting(SystemContracts.HistoryStorage)]);
        roots.Execute();
        var requests = new TestChain([Reverting(SystemContracts.ConsolidationRequests)]);
        var executor = new SequentialExecutor(requests.Next(), ExecutionMode.Import, [], requests.World);
        Assert.Equal(ExecutionStatus.Invalid, executor.Run());
        Assert.Equal((BlockErrorCode.SystemCallFailed, 1), (executor.Error.Code, executor.Error.Index));
    }

    [Fact]
    public void Steps_at_one_index_leave_one_change_and_none_where_the_last_takes_it_back()
    {
        // Both contracts replaced: the first sets its slot 0 and calls the second, which toggles its own; the system calls the second again.
        var toggle = "0x5f54155f5500";
        var caller = "0x60015f555f5f5f5f5f73" + Convert.ToHexStringLower(SystemContracts.ConsolidationRequests.Span) + "5af100";
        var chain = new TestChain([Contract(SystemContracts.WithdrawalRequests, caller), Contract(SystemContracts.ConsolidationRequests, toggle)]);
        var list = chain.Execute().AccessList;
        var first = list.Accounts[list.IndexOf(SystemContracts.WithdrawalRequests)];
        Assert.Equal([new StorageChange(1, 1)], list.Changes(in list.Slots(in first)[0]).ToArray());
        var second = list.Accounts[list.IndexOf(SystemContracts.ConsolidationRequests)];
        Assert.True(Assert.Single(list.Slots(in second).ToArray()).IsRead);
    }

    [Fact]
    public void Deposits_are_read_from_the_contracts_events()
    {
        var data = new byte[576];
        void Word(int at, byte high, byte low) => (data[at + 30], data[at + 31]) = (high, low);
        (int Offset, int Length)[] fields = [(160, 48), (256, 32), (320, 8), (384, 96), (512, 8)];
        var expected = new List<byte> { ExecutionRequests.DepositType };
        for (var i = 0; i < fields.Length; i++)
        {
            var (offset, length) = fields[i];
            Word(i * 32, (byte)(offset >> 8), (byte)offset);
            Word(offset, 0, (byte)length);
            data.AsSpan(offset + 32, length).Fill((byte)(i + 1));
            expected.AddRange(Enumerable.Repeat((byte)(i + 1), length));
        }
        var contract = ChainSpec.MainnetDepositContract;
        Receipt Of(Address address, Hash256 topic, byte[] bytes) => new() { Type = 0, CumulativeGasUsed = 0, Logs = [new Log(address, [topic], bytes)] };
        Receipt[] receipts = [Of(contract, DepositRequests.EventSignature, data), Of(contract, default, [1]), Of(Account(0), DepositRequests.EventSignature, [1])];
        Assert.True(DepositRequests.TryCollect(receipts, contract, out var requests));
        Assert.Equal(expected, requests);
        data[31] = 161;
        Assert.False(DepositRequests.TryCollect(receipts, contract, out _));
    }

    [Fact]
    public void Proof_of_work_pays_the_maker_and_the_ommers()
    {
        var spec = ChainSpec.From(Fork.Byzantium);
        var header = new BlockHeader { Number = 10, Beneficiary = Account(0), Difficulty = 1 };
        var environment = BlockEnvironment.Of(spec, Fork.Byzantium, header, [], NoBlockHashes.Instance);
        var payments = BlockRewards.Of(environment, [new BlockHeader { Number = 9, Beneficiary = Account(1) }]);
        Assert.Equal([KeyValuePair.Create(Account(1), Ether * 3 * 7 / 8), KeyValuePair.Create(Account(0), (Ether * 3) + (Ether * 3 / 32))], payments);
    }
}

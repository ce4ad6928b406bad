using CsCheck;
using Grid.Crypto;
using Grid.Primitives;

namespace Grid.State.Tests.Overlay;

/// <summary>The overlay against a model that copies everything, under random operations, snapshots and transactions.</summary>
public sealed class OverlayModelTests
{
    private enum Operation
    {
        Read, ReadStorage, WriteStorage, WriteStorageAgain, Transient, Warm, Transfer, AddBalance, Subtract, Nonce, Create, Code, Destroy, Touch, Log, Snapshot, SnapshotAgain, Revert, End, Discard,
    }

    private readonly record struct Step(Operation Operation, int A, int B, int Slot, int Value);

    private static readonly Gen<Step> s_step =
        Gen.Select(Gen.Int[0, (int)Operation.Discard], Gen.Int[1, 6], Gen.Int[1, 6], Gen.Int[0, 3], Gen.Int[0, 5])
            .Select(step => new Step((Operation)step.Item1, step.Item2, step.Item3, step.Item4, step.Item5));

    private static readonly Gen<ModelState> s_initial =
        Gen.Select(Gen.Int[1, 6], Gen.Int[0, 1], Gen.Int[0, 9], Gen.Int[0, 2], Gen.Int[0, 3].Array[4]).Array[0, 6].Select(accounts =>
        {
            var state = new ModelState();
            foreach (var (number, nonce, balance, code, storage) in accounts)
            {
                var account = state.GetOrAdd(Address.FromNumber((ulong)number));
                account.Nonce = (ulong)nonce;
                account.Balance = (ulong)balance;
                account.Code = code == 0 ? [] : [(byte)code];
                account.Storage = storage.Index().Where(slot => slot.Item != 0).ToDictionary(slot => (UInt256)slot.Index, slot => (UInt256)slot.Item);
                account.ShowsBaseStorage = account.Storage.Count > 0;
            }
            return state;
        });

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, false)]
    public void It_does_what_the_model_does(bool deleteEmptyAccounts, bool ripemdTouchSurvives)
    {
        var rules = new OverlayRules(deleteEmptyAccounts, ripemdTouchSurvives);
        // One overlay for all samples of a thread: what a reset forgets to forget shows.
        var overlays = new ThreadLocal<JournaledOverlay>(() => new JournaledOverlay(WorldTrie.Empty(), rules));
        Gen.Select(s_initial, s_step.Array[1, 80]).Sample((initial, steps) =>
        {
            var world = ToWorld(initial);
            var overlay = overlays.Value!;
            overlay.Reset(world, rules);
            var model = new ModelWorld(initial, rules);
            overlay.BeginTransaction();
            model.Begin();
            foreach (var step in steps)
            {
                Run(overlay, model, step);
            }
            End(overlay, model);
            Assert.Equal(model.Now.Root(), world.Apply(overlay.CollectChanges()).Root);
        }, iter: 1500);
    }

    private static WorldTrie ToWorld(ModelState state)
    {
        var changes = state.Accounts.Select(pair => new AccountChange(
            pair.Key, null, pair.Value.Record, false,
            pair.Value.Storage.Select(slot => new SlotChange(slot.Key, UInt256.Zero, slot.Value)).ToArray(),
            pair.Value.Code.Length == 0 ? null : new Bytecode(pair.Value.Code, Keccak256.Hash(pair.Value.Code))));
        return WorldTrie.Empty().Apply([.. changes]);
    }

    private static void Run(JournaledOverlay overlay, ModelWorld model, Step step)
    {
        var a = Address.FromNumber((ulong)step.A);
        var b = Address.FromNumber((ulong)step.B);
        UInt256 slot = (ulong)step.Slot, value = (ulong)step.Value;
        switch (step.Operation)
        {
            case Operation.Read:
                AssertSameAccount(overlay, model, a);
                break;
            case Operation.ReadStorage:
                AssertSameSlot(overlay, model, a, slot);
                break;
            case Operation.WriteStorage or Operation.WriteStorageAgain:
                if (model.Now.Accounts.TryGetValue(a, out var writer))
                {
                    AssertSameSlot(overlay, model, a, slot);
                    overlay.SetStorage(in a, in slot, in value);
                    writer.Storage[slot] = value;
                    AssertSameSlot(overlay, model, a, slot);
                }
                break;
            case Operation.Transient:
                Assert.Equal(model.Now.Transient.GetValueOrDefault((b, slot)), overlay.GetTransient(in b, in slot));
                overlay.SetTransient(in a, in slot, in value);
                model.Now.Transient[(a, slot)] = value;
                Assert.Equal(value, overlay.GetTransient(in a, in slot));
                break;
            case Operation.Warm:
                Assert.Equal(model.Now.WarmAccounts.Contains(a), overlay.IsWarmAccount(in a));
                Assert.Equal(!model.Now.WarmAccounts.Add(a), overlay.WarmAccount(in a));
                Assert.Equal(!model.Now.WarmSlots.Add((b, slot)), overlay.WarmSlot(in b, in slot));
                break;
            case Operation.Snapshot or Operation.SnapshotAgain:
                model.Snapshot(overlay.Snapshot());
                break;
            case Operation.Revert:
                if (model.Revert(step.A) is { } mark)
                {
                    overlay.Revert(mark);
                    Assert.Equal(model.Now.Logs, overlay.Logs);
                }
                break;
            case Operation.End:
                End(overlay, model);
                overlay.BeginTransaction();
                model.Begin();
                break;
            case Operation.Discard:
                overlay.DiscardTransaction();
                model.Discard();
                overlay.BeginTransaction();
                model.Begin();
                break;
            default:
                Change(overlay, model, step.Operation, a, b, value);
                break;
        }
    }

    private static void Change(JournaledOverlay overlay, ModelWorld model, Operation operation, Address a, Address b, UInt256 value)
    {
        var balance = model.Now.Accounts.GetValueOrDefault(a)?.Balance ?? UInt256.Zero;
        var atMost = value < balance ? value : balance;
        switch (operation)
        {
            case Operation.Transfer:
                model.Transfer(a, b, atMost);
                Assert.True(overlay.TryTransfer(in a, in b, in atMost));
                break;
            case Operation.AddBalance:
                model.Touch(a);
                Assert.True(overlay.TryAddBalance(in a, in value));
                if (!value.IsZero)
                {
                    model.Now.GetOrAdd(a).Balance += value;
                }
                break;
            case Operation.Subtract:
                model.Touch(a);
                Assert.True(overlay.TrySubtractBalance(in a, in atMost));
                if (!atMost.IsZero)
                {
                    model.Now.GetOrAdd(a).Balance -= atMost;
                }
                break;
            case Operation.Nonce:
                model.Accessed.Add(a);
                model.Now.GetOrAdd(a).Nonce++;
                Assert.True(overlay.TryIncrementNonce(in a));
                break;
            case Operation.Create:
                model.Create(a, value.U0 & 1);
                Assert.True(overlay.TryCreateContract(in a, value.U0 & 1));
                break;
            case Operation.Code:
                var code = value.U0 == 0 ? Array.Empty<byte>() : [(byte)value.U0];
                model.Accessed.Add(a);
                model.Now.GetOrAdd(a).Code = code;
                overlay.SetCode(in a, new Bytecode(code, Keccak256.Hash(code)));
                break;
            case Operation.Destroy:
                model.SelfDestruct(a);
                Assert.True(overlay.TrySelfDestruct(in a));
                break;
            case Operation.Touch:
                model.Touch(a);
                Assert.True(overlay.TryTouch(in a));
                break;
            case Operation.Log:
                var log = new Log(a, [], []);
                model.Now.Logs.Add(log);
                overlay.AddLog(log);
                break;
            default:
                Assert.Fail($"No such operation: {operation}");
                break;
        }
    }

    private static void End(JournaledOverlay overlay, ModelWorld model)
    {
        overlay.EndTransaction();
        model.End();
        Assert.Equal(model.Now.Logs, overlay.Logs);
        Assert.Equal(model.Accessed.Order(), Enumerable.Range(0, overlay.AccessedAccountCount).Select(i => overlay.AccessedAccount(i).Address).Order());
        for (var i = 0; i < overlay.AccessedAccountCount; i++)
        {
            var access = overlay.AccessedAccount(i);
            var before = model.AtBegin.Accounts.GetValueOrDefault(access.Address);
            var after = model.Now.Accounts.GetValueOrDefault(access.Address);
            Assert.Equal(before is not null, access.ExistsBefore);
            Assert.Equal(after is not null, access.ExistsAfter);
            Assert.Equal((before?.Nonce ?? 0, before?.Balance ?? 0), (access.NonceBefore, access.BalanceBefore));
            Assert.Equal((after?.Nonce ?? 0, after?.Balance ?? 0), (access.NonceAfter, access.BalanceAfter));
            Assert.Equal(Keccak256.Hash(before?.Code ?? []), access.CodeHashBefore);
            Assert.Equal(Keccak256.Hash(after?.Code ?? []), access.CodeHashAfter);
            Assert.Equal(access.CodeHashBefore == access.CodeHashAfter || after is null or { Code.Length: 0 } ? null : after.Code, access.NewCode?.Bytes);
        }
        Assert.Equal(model.AccessedSlots.Order(), Enumerable.Range(0, overlay.AccessedSlotCount).Select(i => (overlay.AccessedSlot(i).Address, overlay.AccessedSlot(i).Slot)).Order());
        for (var i = 0; i < overlay.AccessedSlotCount; i++)
        {
            var access = overlay.AccessedSlot(i);
            Assert.Equal(model.AtBegin.Storage(access.Address, access.Slot), access.Before);
            Assert.Equal(model.Now.Storage(access.Address, access.Slot), access.After);
        }
    }

    private static void AssertSameAccount(JournaledOverlay overlay, ModelWorld model, Address address)
    {
        var exists = model.Now.Accounts.TryGetValue(address, out var account);
        model.Accessed.Add(address);
        Assert.True(overlay.TryExists(in address, out var existsHere));
        Assert.Equal(exists, existsHere);
        Assert.True(overlay.TryGetBalance(in address, out var balance));
        Assert.Equal(account?.Balance ?? UInt256.Zero, balance);
        Assert.True(overlay.TryGetNonce(in address, out var nonce));
        Assert.Equal(account?.Nonce ?? 0, nonce);
        Assert.True(overlay.TryGetCodeHash(in address, out var codeHash));
        Assert.Equal(exists ? Keccak256.Hash(account!.Code) : Hash256.Zero, codeHash);
        Assert.True(overlay.TryGetCode(in address, out var code));
        Assert.Equal(account?.Code ?? [], code?.Bytes ?? []);
        Assert.True(overlay.TryIsEmpty(in address, out var isEmpty));
        Assert.Equal(account?.IsEmpty ?? true, isEmpty);
        Assert.True(overlay.TryHasStorage(in address, out var hasStorage));
        Assert.Equal(account is not null && (account.ShowsBaseStorage || account.Storage.Values.Any(value => !value.IsZero)), hasStorage);
        Assert.Equal(model.Now.Created.Contains(address), overlay.IsCreatedInTransaction(in address));
        Assert.Equal(model.Now.Destroyed.Contains(address), overlay.IsSelfDestructed(in address));
    }

    private static void AssertSameSlot(JournaledOverlay overlay, ModelWorld model, Address address, UInt256 slot)
    {
        model.Accessed.Add(address);
        model.AccessedSlots.Add((address, slot));
        Assert.True(overlay.TryGetStorage(in address, in slot, out var value));
        Assert.Equal(model.Now.Storage(address, slot), value);
        Assert.True(overlay.TryGetOriginalStorage(in address, in slot, out var original));
        Assert.Equal(model.Now.Created.Contains(address) ? UInt256.Zero : model.AtBegin.Storage(address, slot), original);
    }
}

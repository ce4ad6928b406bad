import assert from 'node:assert/strict';
import { Contract, ContractFactory, HDNodeWallet, JsonRpcProvider, Mnemonic, NonceManager, Wallet, ZeroAddress, parseEther } from 'ethers';
import { mnemonic, run } from './scenarios.mjs';

const supply = parseEther('1000000');

// Zero bytes of call data are cheaper: calls with such receivers take the same gas.
function receiverWithoutZeros() {
  for (;;) {
    const { address } = Wallet.createRandom();
    if (address.slice(2).match(/../g).every(byte => byte !== '00')) return address;
  }
}
const development = Mnemonic.fromPhrase(mnemonic);

// Answers aren't cached, and polling is quick: the chain is faster than the library expects.
function connect(url, account = 0) {
  const provider = new JsonRpcProvider(url, undefined, { cacheTimeout: -1, polling: true, pollingInterval: 50 });
  return { provider, wallet: HDNodeWallet.fromMnemonic(development, `m/44'/60'/0'/0/${account}`).connect(provider) };
}

async function deploy(wallet, artifact, ...parameters) {
  const contract = await new ContractFactory(artifact.abi, artifact.bytecode, wallet).deploy(...parameters);
  await contract.waitForDeployment();
  return contract;
}

await run({
  async 'ether is sent'(url) {
    const { provider, wallet } = connect(url);
    assert.equal((await provider.getNetwork()).chainId, 31337n);
    const receiver = Wallet.createRandom().address;
    const before = await provider.getBalance(wallet.address);
    const sent = await wallet.sendTransaction({ to: receiver, value: parseEther('1.5') });
    const receipt = await sent.wait();
    assert.equal(receipt.status, 1);
    assert.equal(receipt.gasUsed, 21000n);
    assert.equal(receipt.hash, sent.hash);
    assert.equal(receipt.from, wallet.address);
    assert.equal(receipt.to, receiver);
    assert.equal(await provider.getBalance(receiver), parseEther('1.5'));
    assert.equal(await provider.getBalance(wallet.address), before - parseEther('1.5') - receipt.gasUsed * receipt.gasPrice);
    const block = await provider.getBlock(receipt.blockNumber, true);
    assert.equal(block.hash, receipt.blockHash);
    assert.equal(block.prefetchedTransactions[receipt.index].hash, sent.hash);
    const seen = await provider.getTransaction(sent.hash);
    assert.equal(seen.blockNumber, receipt.blockNumber);
    assert.equal(seen.value, parseEther('1.5'));
  },

  async 'a token is deployed, transferred and read'(url, { Token }) {
    const { provider, wallet } = connect(url, 1);
    const token = await deploy(wallet, Token, supply);
    assert.equal(await token.name(), 'Grid Token');
    assert.equal(await token.symbol(), 'GRD');
    assert.equal(await token.decimals(), 18n);
    assert.equal(await token.totalSupply(), supply);
    assert.equal(await token.balanceOf(wallet.address), supply);
    assert.ok((await provider.getCode(await token.getAddress())).length > 2);
    const receiver = Wallet.createRandom().address;
    const receipt = await (await token.transfer(receiver, 12345n)).wait();
    assert.equal(receipt.status, 1);
    assert.equal(await token.balanceOf(receiver), 12345n);
    assert.equal(await token.balanceOf(wallet.address), supply - 12345n);
    assert.equal(await token.balanceOf(receiver, { blockTag: receipt.blockNumber - 1 }), 0n);
    assert.equal(receipt.logs.length, 1);
    const parsed = token.interface.parseLog(receipt.logs[0]);
    assert.equal(parsed.name, 'Transfer');
    assert.deepEqual([...parsed.args], [wallet.address, receiver, 12345n]);
  },

  async 'logs are found'(url, { Token }) {
    const { provider, wallet } = connect(url, 1);
    const token = await deploy(wallet, Token, supply);
    const receivers = Array.from({ length: 3 }, () => Wallet.createRandom().address);
    for (const [i, receiver] of receivers.entries()) {
      await (await token.transfer(receiver, BigInt(i + 1))).wait();
    }
    const all = await token.queryFilter(token.filters.Transfer());
    assert.deepEqual(all.map(log => log.args.value), [supply, 1n, 2n, 3n]);
    assert.equal(all[0].args.from, ZeroAddress);
    const one = await token.queryFilter(token.filters.Transfer(null, receivers[1]));
    assert.deepEqual(one.map(log => log.args.value), [2n]);
    const before = await token.queryFilter(token.filters.Transfer(), 0, all[1].blockNumber);
    assert.equal(before.length, 2);
    const byHash = await provider.getLogs({ blockHash: all[3].blockHash, address: await token.getAddress() });
    assert.equal(byHash[0].transactionHash, all[3].transactionHash);
  },

  async 'a revert tells its reason'(url, { Token, Refusal }) {
    const { wallet } = connect(url, 2);
    const token = await deploy(wallet, Token, 10n);
    const receiver = Wallet.createRandom().address;
    for (const attempt of [() => token.transfer.staticCall(receiver, 11n), () => token.transfer.estimateGas(receiver, 11n), () => token.transfer(receiver, 11n)]) {
      await assert.rejects(attempt, error => {
        assert.equal(error.code, 'CALL_EXCEPTION');
        const revert = error.revert ?? token.interface.parseError(error.data);
        assert.equal(revert.name, 'ERC20InsufficientBalance');
        assert.deepEqual([...revert.args], [wallet.address, 10n, 11n]);
        return true;
      });
    }
    const refusal = await deploy(wallet, Refusal);
    await assert.rejects(() => refusal.withReason(), error => error.reason === 'not today');
    await assert.rejects(() => refusal.withError(7n), error => error.revert.name === 'Refused' && error.revert.args[1] === 7n);
    await assert.rejects(() => refusal.withPanic([]), error => error.revert.name === 'Panic' && Number(error.revert.args[0]) === 0x32);
  },

  async 'a failed transaction is included and costs gas'(url, { Token }) {
    const { provider, wallet } = connect(url, 2);
    const token = await deploy(wallet, Token, 10n);
    const sent = await token.transfer(Wallet.createRandom().address, 11n, { gasLimit: 100_000n });
    await assert.rejects(() => sent.wait(), error => error.code === 'CALL_EXCEPTION' && error.receipt.status === 0);
    const receipt = await provider.getTransactionReceipt(sent.hash);
    assert.equal(receipt.status, 0);
    assert.equal(receipt.logs.length, 0);
    assert.ok(receipt.gasUsed > 21000n && receipt.gasUsed < 100_000n);
    assert.equal(await token.balanceOf(wallet.address), 10n);
  },

  async 'gas is estimated'(url, { Token }) {
    const { provider, wallet } = connect(url, 3);
    const token = await deploy(wallet, Token, supply);
    const receiver = receiverWithoutZeros();
    assert.equal(await provider.estimateGas({ from: wallet.address, to: receiver, value: 1n }), 21000n);
    const gasLimit = await token.transfer.estimateGas(receiver, 5n);
    const receipt = await (await token.transfer(receiver, 5n, { gasLimit })).wait();
    assert.equal(receipt.status, 1);
    assert.ok(receipt.gasUsed <= gasLimit);
    const short = await token.transfer(receiverWithoutZeros(), 5n, { gasLimit: receipt.gasUsed - 1n });
    await assert.rejects(() => short.wait(), error => error.receipt.status === 0 && error.receipt.gasUsed === receipt.gasUsed - 1n);
    const fees = await provider.getFeeData();
    assert.ok(fees.maxFeePerGas > 0n && fees.maxPriorityFeePerGas > 0n);
  },

  async 'nonces follow each other'(url) {
    const { provider, wallet } = connect(url, 4);
    const first = await provider.getTransactionCount(wallet.address);
    const managed = new NonceManager(wallet);
    const receiver = Wallet.createRandom().address;
    const sent = [];
    for (let i = 0; i < 5; i++) {
      sent.push(await managed.sendTransaction({ to: receiver, value: 1n }));
    }
    assert.deepEqual(sent.map(transaction => transaction.nonce), [0, 1, 2, 3, 4].map(i => first + i));
    assert.equal(await provider.getTransactionCount(wallet.address, 'pending'), first + 5);
    const receipts = await Promise.all(sent.map(transaction => transaction.wait()));
    assert.ok(receipts.every(receipt => receipt.status === 1));
    assert.equal(await provider.getTransactionCount(wallet.address), first + 5);
    assert.equal(await provider.getBalance(receiver), 5n);
    await assert.rejects(() => wallet.sendTransaction({ to: receiver, value: 1n, nonce: first }), error => error.code === 'NONCE_EXPIRED');
  },

  async 'a receipt can be waited for'(url) {
    const { provider, wallet } = connect(url, 5);
    const later = { to: Wallet.createRandom().address, value: 2n, nonce: (await provider.getTransactionCount(wallet.address)) + 1 };
    const waiting = await wallet.sendTransaction(later);
    assert.equal(await provider.getTransactionReceipt(waiting.hash), null);
    const pending = await provider.getTransaction(waiting.hash);
    assert.equal(pending.blockNumber, null);
    const receipt = provider.waitForTransaction(waiting.hash, 1, 20_000);
    await wallet.sendTransaction({ ...later, nonce: later.nonce - 1 });
    assert.equal((await receipt).status, 1);
    assert.equal(await provider.getBalance(later.to), 4n);
  },

  async 'every kind of transaction is taken'(url, { Token }) {
    const { provider, wallet } = connect(url, 6);
    const to = Wallet.createRandom().address;
    const fees = await provider.getFeeData();
    const legacy = await (await wallet.sendTransaction({ type: 0, to, value: 1n, gasPrice: fees.gasPrice })).wait();
    const listed = await (await wallet.sendTransaction({ type: 1, to, value: 1n, gasPrice: fees.gasPrice, accessList: [{ address: to, storageKeys: [] }] })).wait();
    const dynamic = await (await wallet.sendTransaction({ type: 2, to, value: 1n })).wait();
    const token = await deploy(wallet, Token, supply);
    const authorization = await wallet.authorize({ address: await token.getAddress(), nonce: (await provider.getTransactionCount(wallet.address)) + 1 });
    const delegated = await (await wallet.sendTransaction({ type: 4, to, value: 1n, authorizationList: [authorization], gasLimit: 200_000n })).wait();
    assert.deepEqual([legacy, listed, dynamic, delegated].map(receipt => [receipt.type, receipt.status]), [[0, 1], [1, 1], [2, 1], [4, 1]]);
    assert.equal(await provider.getCode(wallet.address), `0xef0100${(await token.getAddress()).slice(2).toLowerCase()}`);
    assert.equal(await new Contract(wallet.address, Token.abi, provider).balanceOf(to), 0n);
  },
});

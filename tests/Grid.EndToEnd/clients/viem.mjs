import assert from 'node:assert/strict';
import { BaseError, ContractFunctionRevertedError, createPublicClient, createWalletClient, http, parseEther } from 'viem';
import { generatePrivateKey, mnemonicToAccount, privateKeyToAddress } from 'viem/accounts';
import { foundry } from 'viem/chains';
import { mnemonic, run } from './scenarios.mjs';

function connect(url, addressIndex) {
  const options = { chain: foundry, transport: http(url), pollingInterval: 50, cacheTime: 0 };
  return {
    reader: createPublicClient(options),
    wallet: createWalletClient({ ...options, account: mnemonicToAccount(mnemonic, { addressIndex }) }),
  };
}

await run({
  async 'ether is sent'(url) {
    const { reader, wallet } = connect(url, 0);
    const to = privateKeyToAddress(generatePrivateKey());
    const hash = await wallet.sendTransaction({ to, value: parseEther('2') });
    const receipt = await reader.waitForTransactionReceipt({ hash });
    assert.equal(receipt.status, 'success');
    assert.equal(await reader.getBalance({ address: to }), parseEther('2'));
    const block = await reader.getBlock({ blockHash: receipt.blockHash, includeTransactions: true });
    assert.ok(block.transactions.some(transaction => transaction.hash === hash));
    assert.equal(await reader.getChainId(), 31337);
    assert.ok((await reader.estimateFeesPerGas()).maxFeePerGas > 0n);
  },

  async 'a token is deployed, transferred and read'(url, { Token: { abi, bytecode } }) {
    const { reader, wallet } = connect(url, 1);
    const deployed = await reader.waitForTransactionReceipt({ hash: await wallet.deployContract({ abi, bytecode, args: [1000n] }) });
    const address = deployed.contractAddress;
    const to = privateKeyToAddress(generatePrivateKey());
    const { request, result } = await reader.simulateContract({ account: wallet.account, address, abi, functionName: 'transfer', args: [to, 400n] });
    assert.equal(result, true);
    const receipt = await reader.waitForTransactionReceipt({ hash: await wallet.writeContract(request) });
    assert.equal(receipt.status, 'success');
    assert.equal(await reader.readContract({ address, abi, functionName: 'balanceOf', args: [to] }), 400n);
    const events = await reader.getContractEvents({ address, abi, eventName: 'Transfer', fromBlock: 0n, args: { to } });
    assert.deepEqual(events.map(event => event.args.value), [400n]);
  },

  async 'a revert tells its reason'(url, { Token: { abi, bytecode } }) {
    const { reader, wallet } = connect(url, 2);
    const { contractAddress } = await reader.waitForTransactionReceipt({ hash: await wallet.deployContract({ abi, bytecode, args: [1n] }) });
    const transfer = { account: wallet.account, address: contractAddress, abi, functionName: 'transfer', args: [wallet.account.address, 2n] };
    await assert.rejects(() => reader.simulateContract(transfer), error => {
      const revert = error instanceof BaseError && error.walk(cause => cause instanceof ContractFunctionRevertedError);
      assert.equal(revert.data.errorName, 'ERC20InsufficientBalance');
      assert.deepEqual(revert.data.args, [wallet.account.address, 1n, 2n]);
      return true;
    });
  },
});

// browser.mjs URL CHROMIUM PATH WIDTH PICTURE: opens a page as a person would, and tells what is wrong with it.
import assert from 'node:assert/strict';
import { HDNodeWallet, JsonRpcProvider, Mnemonic } from 'ethers';
import { chromium } from 'playwright-core';
import { mnemonic } from './scenarios.mjs';

const [url, executablePath, path, width, picture] = process.argv.slice(2);

// Chromium's own errands would fail on a machine without a way out, and are none of the page's.
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const browser = await chromium.launch({ executablePath, headless: true, args });
try {
  const page = await browser.newPage({ viewport: { width: Number(width), height: 900 } });
  const errors = [];
  const foreign = [];
  page.on('console', message => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', error => errors.push(String(error)));
  page.on('response', response => response.status() >= 400 && errors.push(`${response.status()} ${response.url()}`));
  page.on('request', request => /^(https?|wss?):/.test(request.url()) && new URL(request.url()).host !== new URL(url).host && foreign.push(request.url()));
  await page.goto(url + path, { waitUntil: 'load' });
  await page.waitForFunction(() => document.body.innerText.trim().length > 100, null, { timeout: 30_000 });

  if (path === '/dashboard') {
    await page.waitForFunction(() => /^\d/.test(document.querySelector('#head').textContent), null, { timeout: 15_000 });
    const head = await page.textContent('#head');
    const provider = new JsonRpcProvider(url, undefined, { cacheTimeout: -1, polling: true, pollingInterval: 50 });
    const wallet = HDNodeWallet.fromMnemonic(Mnemonic.fromPhrase(mnemonic)).connect(provider);
    for (let i = 0; i < 3; i++) {
      await (await wallet.sendTransaction({ to: `0x${(0xbeef00 + i).toString(16).padStart(40, '0')}`, value: 1n })).wait();
    }
    await page.waitForFunction(before => document.querySelector('#head').textContent !== before, head, { timeout: 15_000 });
    assert.match(await page.textContent('#accounts'), /0x0000/);
    assert.match(await page.textContent('#contended'), /side by side|%/);
    assert.equal(await page.isVisible('#pins') || await page.isVisible('#moves'), false);
    // What only a cluster has to show.
    await page.route('**/v1/status', async route => {
      const response = await route.fetch();
      const account = `0x${'ab'.repeat(20)}`;
      await route.fulfill({ response, json: {
        ...await response.json(), pins: [{ shard: 3, silo: '10.0.0.1:11111' }],
        moves: [{ account, shard: 10, fromSilo: '10.0.0.1:11111', toSilo: '10.0.0.2:11111', share: 0.42 }] } });
    });
    await page.getByText('pinned: shard 3 to 10.0.0.1:11111').waitFor({ timeout: 15_000 });
    assert.match(await page.textContent('#moves'), /^42 % .* shard 10, .*grid pin --shard 10 --silo 10\.0\.0\.2:11111$/);
  }
  if (path === '/docs') {
    await page.getByText('An Ethereum node on a grid of virtual actors').first().waitFor({ timeout: 30_000 });
  }
  await page.screenshot({ path: picture, fullPage: true });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.deepEqual({ errors, foreign, overflow }, { errors: [], foreign: [], overflow: 0 });
} finally {
  await browser.close();
}
process.exit(0);

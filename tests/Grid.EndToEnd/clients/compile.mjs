// compile.mjs OUT [FOLDER]: compiles FOLDER/*.sol, by default ../contracts, and writes { NAME: { abi, bytecode, runtime } } as JSON.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve as absolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import solc from 'solc';

const require = createRequire(import.meta.url);
const folder = process.argv[3] ? pathToFileURL(`${absolute(process.argv[3])}/`) : new URL('../contracts/', import.meta.url);
const sources = Object.fromEntries(
  readdirSync(folder).filter(name => name.endsWith('.sol')).map(name => [name, { content: readFileSync(new URL(name, folder), 'utf8') }]));
const input = {
  language: 'Solidity',
  sources,
  settings: {
    evmVersion: 'osaka',
    optimizer: { enabled: true, runs: 200 },
    outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object'] } },
  },
};
const resolve = path => ({ contents: readFileSync(require.resolve(path), 'utf8') });
const output = JSON.parse(solc.compile(JSON.stringify(input), { import: resolve }));
const errors = (output.errors ?? []).filter(error => error.severity === 'error');
if (errors.length > 0) {
  throw new Error(errors.map(error => error.formattedMessage).join('\n'));
}
const artifacts = {};
for (const file of Object.keys(sources)) {
  for (const [name, contract] of Object.entries(output.contracts[file])) {
    const { bytecode, deployedBytecode } = contract.evm;
    artifacts[name] = { abi: contract.abi, bytecode: `0x${bytecode.object}`, runtime: `0x${deployedBytecode.object}` };
  }
}
writeFileSync(process.argv[2], JSON.stringify(artifacts, null, 1));

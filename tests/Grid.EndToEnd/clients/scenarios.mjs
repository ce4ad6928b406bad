// Runs the one of a client's scenarios that the command line names: CLIENT.mjs SCENARIO URL ARTIFACTS.
import { readFileSync } from 'node:fs';

export const mnemonic = 'test test test test test test test test test test test junk';

export async function run(scenarios) {
  const [name, url, artifacts] = process.argv.slice(2);
  if (!(name in scenarios)) {
    throw new Error(`no scenario '${name}': ${Object.keys(scenarios).join(', ')}`);
  }
  await scenarios[name](url, JSON.parse(readFileSync(artifacts, 'utf8')));
  process.exit(0);
}

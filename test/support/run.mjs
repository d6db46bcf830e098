// Runs test/<first argument>/main.ts as it stands: it is no part of what is built.
import { runnerImport } from 'vite';

const [folder, ...args] = process.argv.slice(2);
const entry = new URL(`../${folder}/main.ts`, import.meta.url).pathname;
// What builds put in the place of this.
const define = { FAIRLEAD_VERSION: JSON.stringify('0.0.0') };
const { module } = await runnerImport(entry, { define });
try {
  process.exitCode = await module.main(args);
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : thrown);
  process.exitCode = 1;
}

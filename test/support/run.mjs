// Runs test/<first argument>/main.ts as it stands: it is no part of what is built.
import { runnerImport } from 'vite';

const [folder, ...args] = process.argv.slice(2);
const { module } = await runnerImport(new URL(`../${folder}/main.ts`, import.meta.url).pathname);
try {
  process.exitCode = await module.main(args);
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : thrown);
  process.exitCode = 1;
}

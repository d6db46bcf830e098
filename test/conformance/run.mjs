// Runs the runner's TypeScript as it stands: it is no part of what is built.
import { runnerImport } from 'vite';

const { module } = await runnerImport(new URL('./main.ts', import.meta.url).pathname);
process.exitCode = await module.main(process.argv.slice(2));

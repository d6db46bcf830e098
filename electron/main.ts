/** Desktop entry: boots, and no more. */
import { runDesktop } from './desktop/desktop.ts';

runDesktop({ env: process.env, args: process.argv.slice(1), programFolder: import.meta.dirname });

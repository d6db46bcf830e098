/** What electron-builder takes for an unpacked Electron: a program with nothing but the switches that it sets in one. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** By which @electron/fuses finds the switches in Electron's binary; then their version, their count, and one byte for each. */
const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
/** As Electron's binary comes. */
const usual = '101100110';

/** In the order in which they stand in the binary. */
const fuses = [
  'runAsNode',
  'cookieEncryption',
  'nodeOptions',
  'nodeCliInspect',
  'embeddedAsarIntegrityValidation',
  'onlyLoadAppFromAsar',
  'loadBrowserProcessSpecificV8Snapshot',
  'grantFileProtocolExtraPrivileges',
] as const;

export function writeElectronDistribution(folder: string, version: string): void {
  mkdirSync(join(folder, 'resources'), { recursive: true });
  writeFileSync(join(folder, 'version'), version);
  const program = join(folder, 'electron');
  writeFileSync(program, `#!/bin/sh\n# ${sentinel}\u0001\u0009${usual}\n`);
  chmodSync(program, 0o755);
}

/** Which are on in a packaged program. */
export function fusesOf(program: string): string[] {
  const text = readFileSync(program, 'latin1');
  const bytes = text.slice(text.indexOf(sentinel) + sentinel.length + 2);
  return fuses.filter((_, index) => bytes[index] === '1');
}

/** The scripted browser as one person's: who they are, which tabs were opened, and whether they close them unread. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export interface PersonsBrowser {
  /** For FAIRLEAD_BROWSER. */
  readonly program: string;
  /** The URLs that it was opened with. */
  opened(): string[];
  /** From now on they close every tab; or no more. */
  refuse(refuses: boolean): void;
  remove(): void;
}

export function createPersonsBrowser(person: { email: string; password: string }): PersonsBrowser {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-browser-'));
  const [program, log, closed] = ['browser', 'log', 'closed'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const script = [
    '#!/bin/sh',
    `echo "$1" >> '${log}'`,
    `[ -e '${closed}' ] && exit 0`,
    `export FAIRLEAD_DEMO_EMAIL='${person.email}' FAIRLEAD_DEMO_PASSWORD='${person.password}'`,
    `exec '${process.execPath}' '${resolve('demo/scripted-browser.mjs')}' "$1"`,
  ];
  writeFileSync(program, `${script.join('\n')}\n`, { mode: 0o700 });
  return {
    program,
    opened: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []),
    refuse(refuses) {
      if (refuses) writeFileSync(closed, '');
      else rmSync(closed, { force: true });
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

import { expect, test } from 'vitest';
import { entryFor } from '../../electron/commands/endpoint-entry.ts';
import { profilePaths } from '../../electron/runtime/paths.ts';
import { container } from '../../shared/container.ts';

const notes = container.parse({ name: 'notes', url: 'https://notes.example', auth: { method: 'none' } });
const entryIn = (env: NodeJS.ProcessEnv) =>
  entryFor({ programFolder: '/programs', paths: profilePaths(env) }, [notes], 'notes');

test('an entry names the profile only where an endpoint would not find it by itself', () => {
  expect(entryIn({})).toEqual({ command: process.execPath, args: ['/programs/stdio.cjs', 'stdio', 'notes'] });
  expect(entryIn({ FAIRLEAD_HOME: profilePaths({}).home }).env).toBeUndefined();
  expect(entryIn({ FAIRLEAD_HOME: '/tmp/a b' }).env).toEqual({ FAIRLEAD_HOME: '/tmp/a b' });
});

test.runIf(process.platform === 'linux')(
  'a terminal may have its config elsewhere than the desktop has',
  () => {
    expect(entryIn({ XDG_CONFIG_HOME: '/tmp/c' }).env).toEqual({ FAIRLEAD_HOME: '/tmp/c/fairlead' });
  },
);

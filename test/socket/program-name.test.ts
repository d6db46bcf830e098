import { expect, test } from 'vitest';
import { nameOfProgram } from '../../electron/socket/program-name.ts';

test.each<[string, string[], string | undefined]>([
  ['/usr/share/cursor/cursor', ['/usr/share/cursor/cursor', '--type=utility'], 'cursor'],
  ['/Applications/Claude.app/Contents/MacOS/Claude', ['/Applications/Claude.app/…'], 'Claude'],
  ['C:\\Users\\Jane Doe\\AppData\\Local\\Programs\\Zed\\Zed.exe', ['"C:\\…\\Zed.exe"'], 'Zed'],
  ['/usr/bin/bash', ['bash', '-c', 'fairlead stdio notes'], undefined],
  ['/bin/zsh', ['-zsh'], undefined],
  ['/usr/bin/node', ['node', '/usr/local/bin/npx', 'fairlead', 'stdio'], undefined],
  ['/usr/bin/node', ['node', '/usr/lib/node_modules/npm/bin/npx-cli.js', 'fairlead'], undefined],
  ['/usr/bin/node', ['claude'], 'claude'],
  ['/usr/bin/node', ['/usr/bin/node', '--no-warnings', '/usr/local/bin/gemini'], 'gemini'],
  ['/usr/bin/node', ['node', '/srv/node_modules/@anthropic-ai/claude-code/cli.js'], 'claude-code'],
  ['/usr/bin/node', ['node', '/srv/node_modules/vitest/dist/workers/forks.js'], 'vitest'],
  ['/usr/bin/node', ['/usr/bin/node /srv/my-agent/dist/index.js --port 1'], 'my-agent'],
  ['/usr/bin/python3.11', ['python3', '-m', 'goose'], 'goose'],
  ['/usr/bin/node', ['node'], 'node'],
  ['/opt/a\u001b[31mb', ['x'], 'a?[31mb'],
])('%s with %j is %s', (path, args, name) => {
  expect(nameOfProgram({ path, args })).toBe(name);
});

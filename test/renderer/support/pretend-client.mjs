// An MCP client with nothing but an endpoint: opens a session, then calls the tools that it is told, one per line of stdin.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const [endpoint, container, name] = process.argv.slice(2);
const child = spawn(process.env.REAL_NODE ?? process.execPath, [endpoint, 'stdio', container], {
  stdio: ['pipe', 'pipe', 'ignore'],
});
const waiting = new Map();
let last = 0;
const ask = (/** @type {string} */ method, /** @type {unknown} */ params) =>
  new Promise((resolve) => {
    last += 1;
    waiting.set(last, resolve);
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: last, method, params })}\n`);
  });
createInterface({ input: child.stdout }).on('line', (line) => {
  const { id } = JSON.parse(line);
  waiting.get(id)?.(line);
});
child.on('exit', () => process.exit());

const greeting = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name, version: '1.0' } };
await ask('initialize', greeting);
child.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
await ask('tools/list', {});
process.stdout.write('open\n');
createInterface({ input: process.stdin })
  .on(
    'line',
    (tool) =>
      void ask('tools/call', { name: tool, arguments: {} }).then(() => process.stdout.write('called\n')),
  )
  .on('close', () => child.stdin.end());

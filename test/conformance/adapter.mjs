#!/usr/bin/env node
// The client that the conformance suite tests: the official SDK's, which reaches the scenario's server through Fairlead.
// The suite appends the server's URL, and names the scenario and what it hands over in two variables.
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** A container that asks for a sign-in has no tools until that is done. */
const toolsWithinMs = 20_000;

const path = (/** @type {string} */ relative) => fileURLToPath(new URL(relative, import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'fairlead-conformance-'));
const url = process.argv.at(-1) ?? '';
const scenario = process.env.MCP_CONFORMANCE_SCENARIO ?? '';
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}');

/** What the person would write into the client's config: nothing, unless they were given something. */
function options() {
  switch (scenario) {
    case 'auth/basic-cimd':
      // The suite's own, which it compares with.
      return ['--auth', 'oauth', '--client-id', 'https://conformance-test.local/client-metadata.json'];
    case 'auth/pre-registration':
      return ['--auth', 'oauth', '--client-id', context.client_id, '--client-secret-env', 'CLIENT_SECRET'];
    case 'auth/client-credentials-basic':
      return [
        ...['--auth', 'client-credentials', '--client-id', context.client_id],
        ...['--client-secret-env', 'CLIENT_SECRET'],
      ];
    case 'auth/client-credentials-jwt': {
      const key = join(home, 'client-key.pem');
      writeFileSync(key, context.private_key_pem, { mode: 0o600 });
      return ['--auth', 'client-credentials', '--client-id', context.client_id, '--private-key', key];
    }
    default:
      return [];
  }
}

/** Arguments that fit a tool's schema, as far as the scenarios' tools need it. */
function argumentsFor(/** @type {{ properties?: Record<string, { type?: string }> }} */ { properties = {} }) {
  return Object.fromEntries(
    Object.entries(properties).map(([name, { type }], index) => [name, type === 'number' ? index + 1 : name]),
  );
}

async function useContainer(/** @type {Client} */ client) {
  const changed = new Promise((resolve) =>
    client.setNotificationHandler('notifications/tools/list_changed', () => resolve('changed')),
  );
  // Someone who fills nothing in, and sends the form.
  client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: {} }));
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [path('../../dist/stdio.cjs'), 'stdio', url, ...options()],
      env: {
        PATH: process.env.PATH ?? '',
        HOME: home,
        FAIRLEAD_HOME: home,
        FAIRLEAD_VAULT: 'memory',
        FAIRLEAD_LOG: 'debug',
        FAIRLEAD_BROWSER: path('../support/browser.mjs'),
        CLIENT_SECRET: context.client_secret ?? '',
      },
      stderr: 'inherit',
    }),
  );
  if (client.getServerCapabilities()?.tools === undefined) return;
  let { tools } = await client.listTools();
  if (tools.length === 0) {
    await Promise.race([changed, sleep(toolsWithinMs, undefined, { ref: false })]);
    ({ tools } = await client.listTools());
  }
  for (const { name, inputSchema } of tools) {
    const { isError } = await client.callTool({ name, arguments: argumentsFor(inputSchema) });
    console.log(`${name}: ${isError === true ? 'error' : 'done'}`);
    if (isError === true) process.exitCode = 1;
  }
}

/** For whoever looks into a failure: there is no secret in it. */
function showLog() {
  const folder = join(home, 'log');
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) console.error(readFileSync(join(folder, name), 'utf8'));
}

/** The core of this profile alone; it would stay for the next client. */
async function endCore() {
  try {
    const { pid } = JSON.parse(readFileSync(join(home, 'core.json'), 'utf8'));
    process.kill(pid, 'SIGTERM');
    for (let waits = 0; waits < 100; waits += 1, await sleep(50)) process.kill(pid, 0);
  } catch {
    // It has ended, or never began.
  }
}

const client = new Client(
  { name: 'fairlead-conformance', version: '1.0.0' },
  { capabilities: { elicitation: { form: { applyDefaults: true } } } },
);
try {
  await useContainer(client);
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : thrown);
  process.exitCode = 1;
} finally {
  await client.close();
  await endCore();
  if (process.exitCode !== undefined) showLog();
  rmSync(home, { recursive: true, force: true });
}

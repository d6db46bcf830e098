#!/usr/bin/env node
// The client that the conformance suite tests: the official SDK's, which reaches the scenario's server through Fairlead.
// The suite appends the server's URL, and says in variables which scenario it is, what it hands over, and which protocol
// it is about.
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { callsIn, optionsFor, refusedBySdk } from './adapter-scenarios.mjs';

/** A container that asks for a sign-in has no tools until that is done. */
const toolsWithinMs = 10_000;

const path = (/** @type {string} */ relative) => fileURLToPath(new URL(relative, import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'fairlead-conformance-'));
const url = process.argv.at(-1) ?? '';
const scenario = process.env.MCP_CONFORMANCE_SCENARIO ?? '';
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}');
const isNewer = (process.env.MCP_CONFORMANCE_PROTOCOL_VERSION ?? '') >= '2026-07-28';

const env = {
  PATH: process.env.PATH ?? '',
  HOME: home,
  FAIRLEAD_HOME: home,
  FAIRLEAD_VAULT: 'memory',
  FAIRLEAD_LOG: 'debug',
  FAIRLEAD_BROWSER: path('../support/browser.mjs'),
  CLIENT_SECRET: context.client_secret ?? '',
};

function newClient() {
  const client = new Client(
    { name: 'fairlead-conformance', version: '1.0.0' },
    {
      capabilities: { elicitation: { form: { applyDefaults: true } }, sampling: {}, roots: {} },
      ...(isNewer && { versionNegotiation: { mode: 'auto' } }),
    },
  );
  // Someone who fills nothing in, and sends the form.
  client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: {} }));
  client.setRequestHandler('sampling/createMessage', () => ({
    role: 'assistant',
    model: 'none',
    content: { type: 'text', text: 'Well.' },
  }));
  client.setRequestHandler('roots/list', () => ({ roots: [] }));
  return client;
}

/** Everything that the server offers is used once. */
async function useContainer(/** @type {Client} */ client) {
  const changed = new Promise((resolve) =>
    client.setNotificationHandler('notifications/tools/list_changed', () => resolve('changed')),
  );
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [path('../../dist/stdio.cjs'), 'stdio', url, ...optionsFor(scenario, context, home)],
      env,
      stderr: 'inherit',
    }),
  );
  console.log(`protocol ${client.getNegotiatedProtocolVersion()}`);
  const { tools, resources, prompts } = client.getServerCapabilities() ?? {};
  if (tools !== undefined) await callTools(client, changed);
  if (resources !== undefined)
    for (const { uri } of (await client.listResources()).resources) await client.readResource({ uri });
  if (prompts !== undefined)
    for (const { name } of (await client.listPrompts()).prompts) await client.getPrompt({ name });
}

async function callTools(/** @type {Client} */ client, /** @type {Promise<unknown>} */ changed) {
  let { tools } = await client.listTools();
  if (tools.length === 0) {
    await Promise.race([changed, sleep(toolsWithinMs, undefined, { ref: false })]);
    ({ tools } = await client.listTools());
  }
  for (const call of callsIn(scenario, tools, context)) {
    const { isError } = await client.callTool(call).catch((thrown) => {
      if (call.name !== refusedBySdk) throw thrown;
      return {};
    });
    console.log(`${call.name}: ${isError === true ? 'error' : 'done'}`);
    if (isError === true) process.exitCode = 1;
  }
}

/** For whoever looks into a failure: there is no secret in it. */
function showLog() {
  const folder = join(home, 'log');
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) console.error(readFileSync(join(folder, name), 'utf8'));
}

const client = newClient();
try {
  await useContainer(client);
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : thrown);
  process.exitCode = 1;
} finally {
  await client.close();
  // The core would stay for the next client.
  execFileSync(process.execPath, [path('../../dist/cli.js'), 'stop'], { env, stdio: 'ignore' });
  if (process.exitCode !== undefined) showLog();
  rmSync(home, { recursive: true, force: true });
}

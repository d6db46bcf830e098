/** One desktop for all tests of a file, with containers that it knows: each test opens its page anew. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { CommandInput, CommandOutput } from '../../shared/control.ts';
import type { Preferences } from '../../shared/desktop.ts';
import type { WindowCommandName } from '../../shared/desktop-names.ts';
import { createScope } from '../../electron/runtime/scope.ts';
import { openProfile, type Profile } from '../support/fairlead.ts';
import { ordinaryServer, startScriptedServer, type ScriptedServer } from '../support/scripted-server.ts';
import { launchDesktop, type Desktop } from './desktop.ts';
import { ask, shown, tellFailure } from './open.ts';

type Tool = Readonly<Record<string, unknown>>;

export interface Desk {
  readonly profile: Profile;
  readonly desktop: Desktop;
  readonly server: ScriptedServer;
  /** What `notes` and `crm` say that they can do. */
  tools: readonly Tool[];
  /** The page as it is when the window has just been made, in its usual size. */
  open(size?: { width: number; height: number }): Promise<Page>;
}

const usualTools: readonly Tool[] = [
  { name: 'search', description: 'Searches notes.', inputSchema: { type: 'object' } },
  { name: 'delete_note', description: 'Deletes one.', inputSchema: { type: 'object' } },
];

/** `notes` is open to all, `crm` needs a key, Cursor is installed. No page may complain of anything. */
export function withDesk(env: Readonly<Record<string, string>> = {}): () => Desk {
  let desk: Desk | undefined;
  const complaints: string[] = [];
  const scope = createScope({ deadlineMs: 30_000 });
  beforeAll(async () => {
    const server = await startScriptedServer(
      ordinaryServer((request) => {
        if (request.rpc.method !== 'tools/list') return false;
        request.result({ tools: desk?.tools ?? usualTools });
        return true;
      }),
    );
    scope.defer(() => server.close());
    const profile = openProfile(env);
    scope.defer(async () => profile[Symbol.asyncDispose]());
    const { home } = profile;
    mkdirSync(join(home, '.cursor'));
    writeFileSync(join(home, '.cursor', 'mcp.json'), '{\n  "mcpServers": {}\n}\n');
    mkdirSync(join(home, 'desktop'), { mode: 0o700 });
    const preferences: Partial<Preferences> = { theme: 'light', firstRunDone: true };
    writeFileSync(join(home, 'desktop', 'desktop.json'), JSON.stringify({ preferences }), { mode: 0o600 });

    const desktop = await launchDesktop({ env: profile.env });
    scope.defer(async () => desktop[Symbol.asyncDispose]());
    const page = await shown(desktop);
    page.setDefaultTimeout(30_000);
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.getByRole('navigation', { name: 'Places' }).waitFor();
    const url = server.url.href;
    await core(page, 'containers.add', {
      name: 'notes',
      draft: { url, auth: { method: 'none' } },
      probe: true,
    });
    await core(page, 'containers.add', {
      name: 'crm',
      draft: { url, auth: { method: 'api_key' } },
      probe: false,
    });
    desk = {
      ...{ profile, desktop, server },
      tools: usualTools,
      async open(size = { width: 960, height: 640 }) {
        await page.setViewportSize(size);
        await page.reload();
        await page
          .getByRole('region', { name: 'Containers' })
          .getByRole('button', { name: 'notes' })
          .waitFor();
        return page;
      },
    };
  });
  afterEach(async (test) => {
    if (desk !== undefined) await tellFailure(test, await desk.desktop.window());
    expect(complaints.splice(0)).toEqual([]);
  });
  afterAll(() => scope.close());
  return () => {
    if (desk === undefined) throw new Error('There is no desk outside of a test.');
    return desk;
  };
}

/** What the core answers the page. Throws where it refuses. */
export async function core<N extends WindowCommandName>(
  page: Page,
  name: N,
  input: CommandInput<N>,
): Promise<CommandOutput<N>> {
  const answer = await ask(page, `core:${name}`, input);
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.output as CommandOutput<N>;
}

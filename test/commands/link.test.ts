import { expect, test } from 'vitest';
import { openProfile } from '../support/fairlead.ts';

test('link prints what installs the very entry that list --config prints, in the form that is asked for', async () => {
  await using profile = openProfile();
  await profile.run(['add', 'notes', 'https://notes.example/mcp', '--auth', 'none', '--no-probe']);
  const entry = JSON.parse((await profile.run(['list', '--config', 'notes'])).stdout) as object;

  const cursor = await profile.run(['link', 'notes', '--client', 'cursor']);
  expect(cursor).toMatchObject({ status: 0, stderr: '' });
  const query = new URL(cursor.stdout.trim()).searchParams;
  expect(query.get('name')).toBe('notes');
  expect(JSON.parse(Buffer.from(query.get('config')!, 'base64').toString())).toEqual(entry);
  const vscode = (await profile.run(['link', 'notes', '--client', 'vscode', '--web'])).stdout.trim();
  const link = new URL(vscode).searchParams.get('url')!;
  expect(JSON.parse(decodeURIComponent(link.replace('vscode:mcp/install?', '')))).toEqual({
    name: 'notes',
    type: 'stdio',
    ...entry,
  });

  const all = (await profile.run(['link', 'notes'])).stdout;
  expect(all).toMatch(
    /^Cursor:\ncursor:[^\n]+\n\nVS Code:\nvscode:[^\n]+\n\nVS Code Insiders:\nvscode-insiders:/,
  );
  const { links } = JSON.parse((await profile.run(['link', 'notes', '--json'])).stdout) as {
    links: { client: string; link: string }[];
  };
  expect(links.map(({ client }) => client)).toEqual(['cursor', 'vscode', 'vscode-insiders', 'lm-studio']);
  expect(all).toContain(links[3]!.link);
});

test('link says in a line what it cannot do, whatever it was given', async () => {
  await using profile = openProfile();
  await profile.run(['add', 'notes', 'https://notes.example/mcp', '--auth', 'none', '--no-probe']);
  const cases: [args: string[], status: number][] = [
    [['notes', '--client', 'zed'], 2],
    [['notes', '--client', '\u001b]0;x\u0007'], 2],
    [['\u001b[31m"&config=x'], 1],
    [[], 2],
  ];
  for (const [args, status] of cases) {
    const finished = await profile.run(['link', ...args]);
    expect(finished, args.join(' ')).toMatchObject({ status, stdout: '' });
    expect(finished.stderr).toMatch(/^fairlead: \P{Cc}+\n$/u);
  }
});

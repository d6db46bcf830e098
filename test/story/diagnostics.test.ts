import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openProfile } from '../support/fairlead.ts';
import { startWebServer } from '../support/web-server.ts';

const key = 'sk-canary-5d0e91b7/+?c4';
const inUrl = 'canary-of-a-query-77aa';
const email = 'maya.canary@example.org';

interface Bundle {
  readonly about: { readonly fairlead: string; readonly settings: string[] };
  readonly layers: { readonly layer: string; readonly outcome: string }[];
  readonly containers: { readonly name: string; readonly url: string }[];
  readonly status: { readonly core: { readonly home: string } };
  readonly failures: { readonly kind: string; readonly outcome: string }[];
  readonly audit: { readonly intact: boolean };
  readonly log: { readonly event: string }[];
}

test('gathers what helps others to help, lists it first, and holds no secret, whatever a server sends back', async () => {
  await using server = await startWebServer((request, response) => {
    request.resume();
    const { authorization = '' } = request.headers;
    const headers = { 'content-type': 'text/html', 'www-authenticate': `Bearer realm="${authorization}"` };
    response
      .writeHead(503, `Broken ${authorization}`, headers)
      .end(`<pre>${authorization} ${request.url ?? ''}</pre>`);
  });
  await using profile = openProfile();
  const url = `${server.url.href}?key=${inUrl}`;
  const options = ['--secret-stdin', '--account', email, '--no-probe'];
  expect(await profile.run(['add', 'notes', url, ...options], { stdin: key })).toMatchObject({ status: 0 });
  await profile.run(['call', 'notes', 'anything', `{"password": "${key}"}`]);

  const file = join(profile.home, 'bundle.json');
  const { status, stderr, stdout } = await profile.run(['doctor', 'notes', '--bundle', file]);
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: `Wrote ${file}. Read it before you hand it on.\n`,
  });
  for (const name of ['about', 'layers', 'containers', 'status', 'failures', 'audit', 'log'])
    expect(stderr).toMatch(new RegExp(`^- ${name}, \\d+ (B|KiB): `, 'm'));
  expect(statSync(file).mode & 0o777).toBe(0o600);

  const text = readFileSync(file, 'utf8');
  const bundle = JSON.parse(text) as Bundle;
  expect(bundle.layers.find(({ outcome }) => outcome === 'failed')).toMatchObject({ layer: 'mcp' });
  expect(bundle.containers).toMatchObject([{ name: 'notes', url: `${server.url.href}?…` }]);
  expect(bundle.failures).toContainEqual(expect.objectContaining({ kind: 'call', outcome: 'lost' }));
  expect(bundle.audit).toMatchObject({ intact: true });
  expect(bundle.about.settings).toContain('FAIRLEAD_VAULT');
  expect(bundle.log.map(({ event }) => event)).toContain('core.started');
  expect(bundle.status.core.home).toBe('<profile>');
  const forbidden = [
    key,
    encodeURIComponent(key),
    Buffer.from(key).toString('base64'),
    inUrl,
    email,
    profile.home,
  ];
  for (const each of [...forbidden, homedir()]) expect(text).not.toContain(each);
});

test('goes over no file, and is there without a core that could answer', async () => {
  await using profile = openProfile();
  const file = join(profile.home, 'bundle.json');
  expect(await profile.run(['doctor', '--bundle', file, '--json'])).toMatchObject({ status: 0 });
  const before = readFileSync(file, 'utf8');
  const again = await profile.run(['doctor', '--bundle', file]);
  expect(again).toMatchObject({ status: 2, stderr: expect.stringContaining('exists already') as string });
  expect(readFileSync(file, 'utf8')).toBe(before);

  const other = join(profile.home, 'other.json');
  // A profile that no core would use.
  const unsafe = { FAIRLEAD_HOME: join(profile.home, 'unsafe') };
  mkdirSync(unsafe.FAIRLEAD_HOME);
  symlinkSync(tmpdir(), join(unsafe.FAIRLEAD_HOME, 'run'));
  expect(await profile.run(['doctor', '--bundle', other], { env: unsafe })).toMatchObject({ status: 0 });
  expect(existsSync(other)).toBe(true);
  const { layers, log } = JSON.parse(readFileSync(other, 'utf8')) as Bundle;
  expect(layers).toMatchObject([{ layer: 'core', outcome: 'failed' }]);
  expect(log).toEqual([]);
});

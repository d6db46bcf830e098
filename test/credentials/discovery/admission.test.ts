import { expect, test } from 'vitest';
import { createAdmission } from '../../../electron/credentials/discovery/admission.ts';

/** @param answers by name, what each lookup in turn finds */
function admission(configured: string[], answers: Record<string, string[][]> = {}) {
  const admit = createAdmission({
    configured: configured.map((each) => new URL(each)),
    resolve: (host) => {
      const next = answers[host]?.shift();
      if (next === undefined) return Promise.reject(new Error('ENOTFOUND'));
      return Promise.resolve(next.map((address) => ({ address })));
    },
  });
  return (...addresses: string[]) =>
    admit(addresses, 'somewhere').then(
      () => 'admitted',
      (thrown: unknown) => (thrown as { code: string }).code,
    );
}

test('admits what is as public as the configured server', async () => {
  const fromPublic = admission(['https://8.8.8.8/mcp']);
  expect(await fromPublic('1.1.1.1')).toBe('admitted');
  expect(await fromPublic('10.0.0.1')).toBe('address_refused');
  const fromPrivate = admission(['https://10.1.2.3/mcp']);
  expect(await fromPrivate('10.0.0.1')).toBe('admitted');
  expect(await fromPrivate('127.0.0.1')).toBe('address_refused');
  const fromHere = admission(['http://[::1]:3000/mcp']);
  expect(await fromHere('127.0.0.1')).toBe('admitted');
  for (const admit of [fromPublic, fromPrivate, fromHere])
    expect(await admit('169.254.169.254')).toBe('address_refused');
});

test('judges every address of a name, not the first alone', async () => {
  const admit = admission(['https://8.8.8.8/mcp']);
  expect(await admit('1.1.1.1', '2606:4700::1111', '10.0.0.1')).toBe('address_refused');
});

test('takes a configured server that has public and private addresses, or none that is known, for public', async () => {
  const mixed = admission(['https://mcp.example/'], { 'mcp.example': [['10.0.0.1', '8.8.8.8']] });
  expect(await mixed('10.0.0.2')).toBe('address_refused');
  expect(await admission(['https://mcp.example/'])('10.0.0.2')).toBe('address_refused');
});

test('does not follow a configured name that was public and turns private', async () => {
  const rebound = admission(['https://mcp.example/'], {
    'mcp.example': [['8.8.8.8'], ['127.0.0.1'], ['127.0.0.1']],
  });
  expect(await rebound('1.1.1.1')).toBe('admitted');
  expect(await rebound('127.0.0.1')).toBe('address_refused');
  expect(await rebound('127.0.0.1')).toBe('address_refused');
});

test('lets endpoints that the person gave be more private than the container', async () => {
  const admit = admission(['https://8.8.8.8/mcp', 'https://10.0.0.9/token']);
  expect(await admit('10.0.0.9')).toBe('admitted');
  expect(await admit('127.0.0.1')).toBe('address_refused');
});

test('a configured server at an address that nobody may have opens nothing', async () => {
  const admit = admission(['https://169.254.169.254/']);
  expect(await admit('169.254.169.254')).toBe('address_refused');
  expect(await admit('10.0.0.1')).toBe('address_refused');
});

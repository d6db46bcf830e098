import { spawnSync } from 'node:child_process';
import { format, inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Secret } from '../../electron/runtime/secret.ts';

const canary = 'canary-6f1c';
const secret = new Secret(canary);

test('reveals itself only when asked by name', () => {
  expect(secret.reveal()).toBe(canary);
});

test('prints as [secret] wherever text is made of it', () => {
  const depths = { showHidden: true, depth: null, getters: true } as const;
  const texts = {
    inspect: inspect(secret, depths),
    nested: inspect({ list: [secret], map: new Map([['k', secret]]) }, depths),
    json: JSON.stringify({ secret }),
    // What `${secret}` and `+` do; written so, the linter would refuse them.
    template: String.raw({ raw: ['<', '>'] }, secret),
    concatenation: ['<', secret, '>'].join(''),
    string: String(secret),
    format: format('%s %o %O %j', secret, secret, secret, secret),
  };
  for (const [way, text] of Object.entries(texts)) {
    expect(text, way).toContain('[secret]');
    expect(text, way).not.toContain(canary);
  }
});

test('has no property to copy, list or clone', () => {
  expect(Reflect.ownKeys(secret)).toEqual([]);
  expect(Object.assign({}, secret)).toEqual({});
  expect(structuredClone(secret)).toEqual({});
});

test('stays hidden as the cause of a printed error', () => {
  const error = new Error('refused', { cause: secret });
  expect(inspect(error, { depth: null })).not.toContain(canary);
  expect(inspect(error)).toContain('[secret]');
});

test('stays hidden in what a process prints, also when it dies of it', () => {
  const source = `${Secret.toString().replaceAll('shown', '"[secret]"')}
    const secret = new Secret(['canary', '6f1c'].join('-'));
    console.log(secret, [secret], { secret });
    console.error('%s', secret);
    console.table([{ secret }]);
    throw secret;`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', source], { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stdout).toContain('[secret]');
  expect(stdout + stderr).not.toContain(canary);
});

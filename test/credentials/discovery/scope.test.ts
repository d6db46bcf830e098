import { expect, test } from 'vitest';
import { chooseScope, unionScope } from '../../../electron/credentials/discovery/scope.ts';

const none = {
  configured: undefined,
  challenged: undefined,
  resourceScopes: undefined,
  serverScopes: undefined,
  refreshable: true,
};

test('asks for what the person chose, else what the challenge names, else what the resource has, else nothing', () => {
  const all = { ...none, configured: 'mine', challenged: 'b a', resourceScopes: ['c', 'd'] };
  expect(chooseScope(all)).toBe('mine');
  expect(chooseScope({ ...all, configured: undefined })).toBe('b a');
  expect(chooseScope({ ...all, configured: undefined, challenged: undefined })).toBe('c d');
  expect(chooseScope(none)).toBeUndefined();
  expect(chooseScope({ ...none, resourceScopes: [] })).toBeUndefined();
});

test('asks for offline_access only where it is offered, and something else is asked for too', () => {
  const offered = { ...none, challenged: 'a', serverScopes: ['a', 'offline_access'] };
  expect(chooseScope(offered)).toBe('a offline_access');
  expect(chooseScope({ ...offered, challenged: 'offline_access a' })).toBe('offline_access a');
  expect(chooseScope({ ...offered, serverScopes: ['a'] })).toBe('a');
  expect(chooseScope({ ...offered, challenged: undefined })).toBeUndefined();
  expect(chooseScope({ ...offered, refreshable: false })).toBe('a');
});

test('drops what is no scope', () => {
  expect(chooseScope({ ...none, resourceScopes: ['a', 'b c', 'd"', 'é', '', 'a'] })).toBe('a');
});

test('steps up to what was held and what is asked for', () => {
  expect(unionScope('a b', 'b c')).toBe('a b c');
  expect(unionScope(undefined, 'c')).toBe('c');
  expect(unionScope('a', undefined)).toBe('a');
  expect(unionScope(undefined, '')).toBeUndefined();
});

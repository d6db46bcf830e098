import { expect, test } from 'vitest';
import {
  addressOf,
  cleanName,
  emptyForm,
  missingIn,
  nameOf,
  requestOf,
} from '../../../../renderer/features/add/draft-form.ts';

test.for([
  ['mcp.example.com/mcp', 'https://mcp.example.com/mcp'],
  [' https://example.com ', 'https://example.com'],
  ['http://localhost:3000/mcp', 'http://localhost:3000/mcp'],
  ['http://[::1]:3000', 'http://[::1]:3000'],
  ['https://user:secret@example.com', undefined],
  ['ftp://example.com', undefined],
  ['javascript:alert(1)', undefined],
  ['example', undefined],
  ['', undefined],
])('reads %s as an address: %s', ([typed, wanted]) => {
  expect(addressOf(typed ?? '')).toBe(wanted);
});

test('makes a name of an address, and lets only names be typed', () => {
  expect(nameOf('https://mcp.notes.example.com/mcp')).toBe('notes');
  expect(nameOf('http://127.0.0.1:3000/mcp')).toBe('local');
  expect(nameOf('http://localhost:3000/mcp', 'mcp-servers/Every thing')).toBe('every-thing');
  expect(nameOf('https://[::1]/mcp', '‮../')).toBe('local');
  expect(nameOf('https://notes.example.com/mcp', 'theirs')).toBe('notes');
  expect(cleanName('my notes!')).toBe('my-notes');
  expect(cleanName('-._x')).toBe('x');
});

test('asks for nothing but what was filled in', () => {
  const form = { ...emptyForm, url: 'example.com/mcp', name: 'notes' };
  expect(requestOf(form)).toEqual({
    draft: { url: 'https://example.com/mcp', transport: 'auto', tls: {} },
  });
  expect(
    requestOf({ ...form, method: 'identity', provider: 'auth0', clientId: 'c', domain: 'd.example' }),
  ).toEqual({
    draft: {
      url: 'https://example.com/mcp',
      transport: 'auto',
      tls: {},
      auth: { method: 'identity', provider: 'auth0', clientId: 'c', grant: 'code', domain: 'd.example' },
    },
  });
});

test('says what is missing', () => {
  const form = { ...emptyForm, url: 'example.com', name: 'notes' };
  expect(missingIn(form)).toBeUndefined();
  expect(missingIn({ ...form, name: '' })).toBe('A name is needed.');
  expect(missingIn({ ...form, method: 'identity' })).toBe('The client ID is needed.');
  expect(missingIn({ ...form, cert: '/cert.pem' })).toBe('A certificate and its key go together.');
});

import { expect, test } from 'vitest';
import { linkIn, placeOfLink } from '../../electron/desktop/deep-link.ts';

const link = (query: string) => `fairlead://add?${query}`;
const url = `url=${encodeURIComponent('https://example.com/mcp?team=a b')}`;

test('a link fills in the form, with the address as it is sent', () => {
  expect(placeOfLink(link(`${url}&name=notes`))).toEqual({
    place: 'add',
    url: 'https://example.com/mcp?team=a%20b',
    name: 'notes',
  });
  expect(placeOfLink(link(url))).toEqual({ place: 'add', url: 'https://example.com/mcp?team=a%20b' });
  expect(placeOfLink('FAIRLEAD://ADD/?url=http%3A%2F%2F127.0.0.1%3A8080%2Fmcp')).toEqual({
    place: 'add',
    url: 'http://127.0.0.1:8080/mcp',
  });
});

test.for([
  ['nothing', ''],
  ['another scheme', `https://add?${url}`],
  ['another command', `fairlead://remove?${url}`],
  ['a path', `fairlead://add/all?${url}`],
  ['a user name', `fairlead://maya@add?${url}`],
  ['a port', `fairlead://add:1?${url}`],
  ['a fragment', `fairlead://add?${url}#now`],
  ['no address', link('name=notes')],
  ['two addresses', link(`${url}&${url}`)],
  ['something more', link(`${url}&auth=none`)],
  ['a program as address', link('url=javascript%3Aalert(1)')],
  ['a file as address', link('url=file%3A%2F%2F%2Fetc%2Fpasswd')],
  ['an open network', link('url=http%3A%2F%2Fexample.com%2Fmcp')],
  ['a password', link('url=https%3A%2F%2Fmaya%3Apw%40example.com%2Fmcp')],
  ['a name that is none', link(`${url}&name=..%2F..`)],
  ['an endless address', link(`url=https%3A%2F%2Fexample.com%2F${'a'.repeat(2_000)}`)],
] as const)('a link with %s is ignored', ([, text]) => {
  expect(placeOfLink(text)).toBeUndefined();
});

test('finds the link among a program’s arguments', () => {
  expect(linkIn(['--hidden', 'fairlead://add', '.'])).toBe('fairlead://add');
  expect(linkIn(['--hidden', '.'])).toBeUndefined();
});

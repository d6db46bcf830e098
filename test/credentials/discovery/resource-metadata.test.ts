import { expect, test } from 'vitest';
import {
  canonicalResource,
  resourceFits,
} from '../../../electron/credentials/discovery/resource-metadata.ts';

const url = new URL('https://mcp.example.com/team/mcp?key=1');

test.each([
  'https://mcp.example.com/team/mcp',
  'https://mcp.example.com/team/mcp/',
  'https://mcp.example.com/team',
  'https://mcp.example.com/team/',
  'https://mcp.example.com',
  'https://mcp.example.com/',
  'HTTPS://MCP.example.com:443/team',
  'https://mcp.example.com/team/mcp?key=1',
])('the resource %s fits', (resource) => expect(resourceFits(resource, url)).toBe(true));

test.each([
  'https://mcp.example.com/te',
  'https://mcp.example.com/team/mcp/more',
  'https://mcp.example.com/other',
  'https://mcp.example.com/team/mcp?key=2',
  'https://mcp.example.com/team?key=1',
  'https://mcp.example.com/team/mcp#x',
  'https://example.com/team/mcp',
  'https://mcp.example.com.evil.example/team/mcp',
  'https://mcp.example.com:8443/team/mcp',
  'http://mcp.example.com/team/mcp',
  'https://user@mcp.example.com/team/mcp',
  'https://mcp.example.com\\team',
  'https://mcp.example.com/team\n',
  'urn:mcp',
  '',
])('the resource %j does not fit', (resource) => expect(resourceFits(resource, url)).toBe(false));

test('a container without metadata is its own resource, without query and lone slash', () => {
  expect(canonicalResource(url)).toBe('https://mcp.example.com/team/mcp');
  expect(canonicalResource(new URL('https://mcp.example.com/'))).toBe('https://mcp.example.com');
});

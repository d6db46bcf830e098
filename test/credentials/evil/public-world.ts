/**
 * The internet in miniature: public names on one TLS server that is reached through a proxy, and a victim on loopback
 * that nothing may ever connect to.
 */
import type { LookupAddress } from 'node:dns';
import type { Container } from '../../../shared/container.ts';
import { createTlsAuthority } from '../../support/tls-authority.ts';
import { startProxyServer } from '../../support/proxy-server.ts';
import { startTcpServer, startTlsServer, type WebServer } from '../../support/web-server.ts';
import { discoverer, listenerOf, oauthContainer, type Discoverer, type Routes } from '../discovery/site.ts';

export const mcp = 'https://mcp.example.com';
export const issuer = 'https://as.example.com';

/** Names with addresses that are not for us. */
const names: Record<string, string[]> = {
  'mcp.example.com': ['93.184.215.14'],
  'as.example.com': ['93.184.215.15', '2606:4700::15'],
  'private.example.com': ['10.0.0.7'],
  'loopback.example.com': ['127.0.0.1'],
  'mixed.example.com': ['93.184.215.16', '127.0.0.1'],
  'metadata.example.com': ['169.254.169.254'],
  'nat64.example.com': ['64:ff9b::a00:7'],
  'mapped.example.com': ['::ffff:127.0.0.1'],
  localhost: ['127.0.0.1', '::1'],
};

export interface PublicWorld extends Discoverer {
  readonly container: (auth?: Routes) => Container;
  readonly victim: WebServer;
  /** `host METHOD path` of each request to a public name. */
  readonly asked: string[];
  /** What the proxy was asked to connect to. */
  readonly tunnels: string[];
}

/** @param sites by origin */
export async function startPublicWorld(sites: Record<string, Routes>): Promise<PublicWorld> {
  const authority = createTlsAuthority();
  const asked: string[] = [];
  const tls = await startTlsServer(
    authority.issue({ names: 'DNS:mcp.example.com,DNS:as.example.com' }),
    (request, response) => {
      const host = request.headers.host ?? '';
      asked.push(`${host} ${request.method ?? ''} ${request.url ?? ''}`);
      listenerOf(sites[`https://${host}`] ?? {}, [])(request, response);
    },
  );
  const victim = await startTcpServer((socket) => socket.end());
  const proxy = await startProxyServer({ resolve: () => ({ host: '127.0.0.1', port: tls.port }) });
  const parts = discoverer({
    env: { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` },
    resolve: (host) => Promise.resolve((names[host.replace(/\.$/, '')] ?? []).map(addressOf)),
  });
  return {
    ...parts,
    container: (auth) => ({ ...oauthContainer(`${mcp}/mcp`, auth), tls: { ca: authority.caFile } }),
    victim,
    asked,
    tunnels: proxy.asked,
    async [Symbol.asyncDispose]() {
      await parts[Symbol.asyncDispose]();
      for (const each of [proxy, tls, victim]) await each[Symbol.asyncDispose]();
      authority[Symbol.dispose]();
    },
  };
}

function addressOf(address: string): LookupAddress {
  return { address, family: address.includes(':') ? 6 : 4 };
}

/** Every way to write a place that a public server has no business with. @param port the victim's */
export function closedPlaces(port: number): string[] {
  const hosts = [
    ...['127.0.0.1', '2130706433', '0x7f000001', '0x7f.1', '017700000001', '0177.0.0.1', '127.1'],
    ...['[::1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[64:ff9b::7f00:1]', '[2002:7f00:1::]', '0.0.0.0'],
    ...['localhost', 'LOCALHOST', 'localhost.', 'a.localhost', 'a.localhost.', '[::]', '%31%32%37.0.0.1'],
    ...['10.0.0.7', '192.168.0.1', '100.64.0.1', '[fd00::1]', '169.254.169.254', '[fe80::1]'],
    ...['[fd00:ec2::254]', '224.0.0.1', '255.255.255.255', '１２７.0.0.1', '127。0。0。1'],
    ...Object.keys(names).filter((name) => !/^(mcp|as)\./.test(name)),
    'private.example.com.',
  ];
  return hosts.map((host) => `https://${host}:${port}`);
}

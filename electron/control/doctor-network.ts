/** The doctor's network layers, one after the other as a connection goes: name, TCP, proxy, TLS with its pin. */
import { createHash } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { connect, isIP } from 'node:net';
import { connect as connectTls, type SecureContext, type TLSSocket } from 'node:tls';
import type { Container } from '../../shared/container.ts';
import type { Layer } from '../../shared/control.ts';
import { asFairleadError, FairleadError } from '../../shared/errors.ts';
import type { TlsIdentity } from '../credentials/broker.ts';
import { causeName } from '../runtime/logger.ts';
import type { Network } from './deps.ts';
import { failed, measured, skipped } from './layers.ts';

/** The network layers stop at the first one that fails. */
export async function checkNetwork(network: Network, container: Container): Promise<Layer[]> {
  const url = new URL(container.url);
  const startedAt = performance.now();
  let proxy: URL | undefined;
  try {
    proxy = network.proxyFor(url);
  } catch (thrown) {
    return [failed('proxy', startedAt, thrown)];
  }
  const next = placeOf(proxy ?? url);
  const dns = await checkName(next.host);
  if (dns.outcome === 'failed') return [dns];
  const tcp = await measured('tcp', () => dial(next));
  if (tcp.outcome === 'failed') return [dns, tcp];
  if (proxy !== undefined) {
    return [
      dns,
      tcp,
      { layer: 'proxy', outcome: 'ok', durationMs: 0, detail: `Goes through the proxy ${proxy.host}.` },
      skipped('tls', 'Spoken through the proxy; the last layer tries it.'),
    ];
  }
  return [
    dns,
    tcp,
    skipped('proxy', 'None is set for this address.'),
    await checkTls(network, container, next),
  ];
}

interface Place {
  readonly host: string;
  readonly port: number;
}

const patienceMs = 10_000;

function placeOf(url: URL): Place {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const usual = url.protocol === 'https:' ? 443 : 80;
  return { host, port: url.port === '' ? usual : Number(url.port) };
}

async function checkName(host: string): Promise<Layer> {
  if (isIP(host) !== 0) return skipped('dns', 'Not needed: it is an address already.');
  return measured('dns', async () => {
    try {
      const found = await lookup(host, { all: true });
      return `${host} is ${found.map(({ address }) => address).join(', ')}.`;
    } catch (cause) {
      throw new FairleadError('name_not_found', `The name ${host} was not found.`, {
        help: 'Check the address for typing mistakes, and that this machine is online.',
        cause,
      });
    }
  });
}

function dial({ host, port }: Place): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const refuse = (code: 'connect_failed' | 'connect_timed_out', message: string, cause?: unknown) => {
      socket.destroy();
      reject(
        new FairleadError(code, message, {
          help: 'Check the port, that the server runs, and that no firewall is in between.',
          cause,
        }),
      );
    };
    socket.setTimeout(patienceMs, () =>
      refuse('connect_timed_out', `Port ${port} did not answer within ${patienceMs / 1000} s.`),
    );
    socket.once('error', (cause) =>
      refuse(
        'connect_failed',
        `Port ${port} could not be reached (${causeName(cause) ?? 'unknown'}).`,
        cause,
      ),
    );
    socket.once('connect', () => {
      socket.destroy();
      resolve(`Port ${port} answers.`);
    });
  });
}

async function checkTls(network: Network, container: Container, place: Place): Promise<Layer> {
  if (!container.url.startsWith('https:'))
    return skipped('tls', 'Not used: the address is http:// on this machine.');
  const startedAt = performance.now();
  try {
    const { context, shown } = await network.tls(container);
    const socket = await shakeHands(context, place);
    try {
      const found = describe(socket, container);
      const detail = shown === undefined ? found : `${found} ${describeShown(shown)}`;
      return { layer: 'tls', outcome: 'ok', durationMs: performance.now() - startedAt, detail };
    } finally {
      socket.destroy();
    }
  } catch (thrown) {
    if (asFairleadError(thrown).code === 'sign_in_needed')
      return skipped('tls', 'Not tried: the client certificate is issued to who is signed in.');
    return failed('tls', startedAt, thrown);
  }
}

function shakeHands(secureContext: SecureContext, { host, port }: Place): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const servername = isIP(host) === 0 ? host : '';
    const socket = connectTls({ host, port, servername, secureContext, rejectUnauthorized: true });
    const refuse = (message: string, cause?: unknown) => {
      socket.destroy();
      reject(
        new FairleadError('tls_failed', message, {
          help: 'If the server has an authority of its own, name its file with --ca when you add the container.',
          cause,
        }),
      );
    };
    socket.setTimeout(patienceMs, () => refuse(`TLS was not agreed on within ${patienceMs / 1000} s.`));
    socket.once('error', (cause) => refuse(`TLS failed (${causeName(cause) ?? 'unknown'}).`, cause));
    socket.once('secureConnect', () => {
      socket.setTimeout(0);
      resolve(socket);
    });
  });
}

function describe(socket: TLSSocket, { name, tls: { pins = [] } }: Container): string {
  const certificate = socket.getPeerX509Certificate();
  const spki = certificate?.publicKey.export({ type: 'spki', format: 'der' }) ?? Buffer.alloc(0);
  const print = `sha256/${createHash('sha256').update(spki).digest('base64')}`;
  if (pins.length > 0 && !pins.includes(print)) {
    throw new FairleadError(
      'pin_mismatch',
      `The server's public key is ${print}, which is not a pin of this container.`,
      {
        help: `Ask the server's owner whether its key was changed. If so, run \`fairlead pin accept ${name}\`.`,
      },
    );
  }
  const until = certificate === undefined ? 'unknown' : timeText(certificate.validTo).slice(0, 10);
  const pinned = pins.length > 0 ? 'as pinned' : 'not pinned';
  return `${socket.getProtocol() ?? 'TLS'}, certificate until ${until}, public key ${print} (${pinned}).`;
}

/** Whether the server takes it is seen only when a request has been sent (RFC 8446 §4.4.2.4). */
function describeShown({ subject, validTo }: TlsIdentity): string {
  const whose = subject === undefined ? '' : ` ${plainSubject(subject)}`;
  const until =
    validTo === undefined ? '' : `, until ${timeText(validTo).slice(0, 16).replace('T', ' ')} UTC`;
  return `Shows the client certificate${whose}${until}.`;
}

/** It may be the platform's word, and goes to terminals. */
function plainSubject(subject: string): string {
  return subject.replace(/[^\w .:=,@/-]+/g, ' ').slice(0, 100);
}

function timeText(time: string | number): string {
  return new Date(time).toISOString();
}

/** The doctor's network layers, one after the other as a connection goes: name, TCP, proxy, TLS with its pin. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Container } from '../../shared/container.ts';
import type { Layer } from '../../shared/control.ts';
import { asFairleadError, FairleadError } from '../../shared/errors.ts';
import type { TlsIdentity } from '../credentials/broker.ts';
import { causeName } from '../runtime/logger.ts';
import type { Network } from './deps.ts';
import { failed, measured, skipped } from './layers.ts';

/** Each layer as soon as it is known. They stop at the first one that fails. */
export async function* checkNetwork(network: Network, container: Container): AsyncGenerator<Layer, void> {
  const url = new URL(container.url);
  const startedAt = performance.now();
  let proxy: URL | undefined;
  try {
    proxy = network.proxyFor(url);
  } catch (thrown) {
    yield failed('proxy', startedAt, thrown);
    return;
  }
  const next = placeOf(proxy ?? url);
  const dns = onTheWay(await checkName(next.host), proxy);
  yield dns;
  if (dns.outcome === 'failed') return;
  const tcp = onTheWay(
    await measured('tcp', async () => {
      await network.dial(next);
      return `Port ${next.port} answers.`;
    }),
    proxy,
  );
  yield tcp;
  if (tcp.outcome === 'failed') return;
  if (proxy !== undefined) {
    const detail = `Goes through the proxy ${proxy.host}.`;
    yield { layer: 'proxy', outcome: 'ok', durationMs: 0, detail };
    yield skipped('tls', 'Spoken through the proxy; the last layer tries it.');
    return;
  }
  yield skipped('proxy', 'None is set for this address.');
  yield await checkTls(network, container, next);
}

/** With a proxy, what is looked at is the way to that. */
function onTheWay(layer: Layer, proxy: URL | undefined): Layer {
  if (proxy === undefined || layer.outcome === 'skipped') return layer;
  const detail = `The proxy: ${layer.detail}`;
  if (layer.outcome === 'ok') return { ...layer, detail };
  const help =
    'HTTPS_PROXY or HTTP_PROXY names it: check that, or name the container in NO_PROXY, and run `fairlead stop`.';
  return { ...layer, detail, help };
}

interface Place {
  readonly host: string;
  readonly port: number;
}

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
      throw nameNotFound(host, cause);
    }
  });
}

function nameNotFound(host: string, cause: unknown): FairleadError {
  return causeName(cause) === 'ENOTFOUND'
    ? new FairleadError('name_not_found', `There is no machine of the name ${host}.`, {
        help: 'Check the address for typing mistakes. A name of a private network needs its VPN.',
        cause,
      })
    : new FairleadError('name_not_found', `The name ${host} could not be looked up now.`, {
        help: 'Check that this machine is online, and that its name server and its VPN work.',
        cause,
      });
}

async function checkTls(network: Network, container: Container, place: Place): Promise<Layer> {
  if (!container.url.startsWith('https:'))
    return skipped('tls', 'Not used: the address is http:// on this machine.');
  const startedAt = performance.now();
  try {
    const detail = describe(await network.shakeHands(container, place), container);
    return { layer: 'tls', outcome: 'ok', durationMs: performance.now() - startedAt, detail };
  } catch (thrown) {
    if (asFairleadError(thrown).code === 'sign_in_needed')
      return skipped('tls', 'Not tried: the client certificate is issued to who is signed in.');
    return failed('tls', startedAt, thrown);
  }
}

function describe(
  { protocol = 'TLS', validTo, print, shown }: Awaited<ReturnType<Network['shakeHands']>>,
  { tls: { pins = [] } }: Container,
): string {
  const until = validTo === undefined ? 'unknown' : timeText(validTo).slice(0, 10);
  const pinned = pins.length > 0 ? 'as pinned' : 'not pinned';
  const found = `${protocol}, certificate until ${until}, public key ${print ?? 'unknown'} (${pinned}).`;
  return shown === undefined ? found : `${found} ${describeShown(shown)}`;
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

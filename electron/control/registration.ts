/** Registers a server of the person's own with the platform: looked at first, pinned, and told what to tell the server. */
import { newContainer, type ContainerRow } from '../../shared/platform-api.ts';
import type { Container } from '../../shared/container.ts';
import { asFairleadError, FairleadError } from '../../shared/errors.ts';
import type { Registration } from '../../shared/platform-control.ts';
import { readAddress } from '../containers/address.ts';
import type { AccountContainers } from './account-containers.ts';
import type { ControlDeps } from './deps.ts';
import type { ParsedInput } from './handler-types.ts';
import { serverSetup } from './server-setup.ts';

type Wanted = ParsedInput<'platform.add'>;

/** @throws FairleadError usage, container_exists, pin_mismatch, what keeps the key from being seen, what the platform refuses */
export async function register(
  deps: Pick<ControlDeps, 'broker' | 'client' | 'live' | 'probe' | 'pins' | 'registry'>,
  containers: AccountContainers,
  { wanted, signal }: { wanted: Wanted; signal: AbortSignal },
): Promise<Registration> {
  const { client, live } = deps;
  const { name, ca, authMethod } = wanted;
  const url = addressOf(wanted);
  if (authMethod === 'mtls' && !url.startsWith('https:')) {
    throw new FairleadError(
      'usage',
      'A server that asks for client certificates is at an https:// address.',
      {
        help: giveEndpoint,
      },
    );
  }
  const issuer = await containers.issuer(signal);
  containers.refuseTaken(name);
  const server = serverAt(url, wanted);
  const pinned = await pinOf(server, wanted, deps.pins);
  const probe = await deps.probe(
    pinned === undefined ? server : { ...server, tls: { ...server.tls, pins: [pinned] } },
  );
  // They have gone meanwhile: nothing that nobody knows of is left behind.
  signal.throwIfAborted();
  const row = await client.register(issuer, {
    type: 'external',
    ...{ name, mcp_endpoint: url, auth_method: authMethod },
    public_key_fingerprint: pinned ?? null,
  });
  if (ca !== undefined) live.setAuthority(row.id, ca);
  live.apply({ event: 'container.created', row });
  const described = containers.described(row);
  const authority =
    authMethod === 'mtls' && described.name !== undefined
      ? await authorityOf(deps, described.name)
      : undefined;
  return {
    ...described,
    probe,
    ...(pinned !== undefined && { pinned }),
    setup: serverSetup(issuer, row, authority),
  };
}

/** Seen in the first certificate, which is wanted soon anyway. Undefined where that cannot be had now: it is registered all the same. */
async function authorityOf(
  { broker, registry }: Pick<ControlDeps, 'broker' | 'registry'>,
  name: string,
): Promise<string | undefined> {
  const certificate = broker.certificate({ container: registry.named(name), configured: true });
  return (await certificate?.current().catch(() => undefined))?.authority;
}

/** Exactly what tokens are asked for. */
function addressOf({ url, name }: Wanted): string {
  const address = readAddress(url);
  if (address.status === 'refused') throw new FairleadError('usage', address.problem, { help: giveEndpoint });
  const checked = newContainer.safeParse({ name, mcp_endpoint: address.url });
  if (checked.success && checked.data.type === 'external') return checked.data.mcp_endpoint;
  throw new FairleadError('usage', 'The platform keeps addresses without query and fragment.', {
    help: giveEndpoint,
  });
}

const giveEndpoint = 'Give the address of its MCP endpoint alone, such as https://host/mcp.';

/** As a stranger meets it: nothing is entered yet. */
function serverAt(url: string, { name, ca }: Wanted): Container {
  return {
    ...{ name, url, transport: 'auto', auth: { method: 'none' } },
    tls: ca === undefined ? {} : { ca },
    timeoutSeconds: 120,
  };
}

/** The key that the server is held to. One that is named has to be the one that it shows, where it is there to show one. */
async function pinOf(
  server: Container,
  { pin }: Wanted,
  pins: ControlDeps['pins'],
): Promise<string | undefined> {
  const isHttps = server.url.startsWith('https:');
  if (pin === 'none' || (pin === undefined && !isHttps)) return undefined;
  if (pin === undefined)
    return pins.keyOf(server).catch((thrown: unknown) => Promise.reject(notLookedAt(thrown)));
  if (!isHttps) {
    throw new FairleadError('usage', 'A server at an http:// address has no key to pin.', {
      help: 'Leave out --pin.',
    });
  }
  const seen = await pins.keyOf(server).catch(() => undefined);
  if (seen === undefined || seen === pin) return pin;
  throw new FairleadError('pin_mismatch', `The server's public key is ${seen}, but --pin names ${pin}.`, {
    help: 'Nothing was registered. Ask whoever runs the server which key is its own.',
  });
}

function notLookedAt(thrown: unknown): FairleadError {
  const { code, message, cause } = asFairleadError(thrown);
  return new FairleadError(code, message, {
    help: 'Nothing was registered, as its key could not be seen. Start the server first (--ca names a private authority), or give --pin or --no-pin.',
    cause,
  });
}

/** Has the platform hold a server to this key, in place of the one before. Throws what the platform refuses. */
export async function repin(
  { client, live }: Pick<ControlDeps, 'client' | 'live'>,
  { row, issuer, print }: { row: ContainerRow; issuer: string; print: string },
): Promise<void> {
  const changed = await client.change(issuer, row.id, { public_key_fingerprint: print });
  live.apply({ event: 'container.updated', row: changed });
}

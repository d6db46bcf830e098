/** From the rows of a platform account to containers: how each is reached and entered, and what it is called here. */
import { containerName, pin, type Authentication, type Container } from '../../shared/container.ts';
import { gatewayEndpoint, type ContainerRow } from '../../shared/platform-api.ts';
import { readAddress } from './address.ts';

export interface PlatformRows {
  readonly issuer: string;
  readonly rows: readonly ContainerRow[];
  /** Files of authorities on this machine, by the container's id. */
  readonly authorities: Readonly<Record<string, string>>;
}

const longestName = 63;

/**
 * What breaks a rule (a name, an address, a pin) is left out: half of what protects a container is worse than none of it.
 * @param taken the names of the containers that the person added, which keep them
 */
export function platformContainers(
  { issuer, rows, authorities }: PlatformRows,
  taken: ReadonlySet<string>,
): Container[] {
  const names = new Set(taken);
  // Their own names first, so that none of them depends on the order.
  const free = rows.filter(({ name }) => !taken.has(name));
  const renamed = rows.filter(({ name }) => taken.has(name));
  return [...free, ...renamed].flatMap((row) => {
    const container = containerOf(row, { issuer, ca: authorities[row.id] });
    if (container === undefined) return [];
    const name = freeName(row.name, names);
    names.add(name);
    return [{ ...container, name }];
  });
}

function containerOf(
  row: ContainerRow,
  { issuer, ca }: { issuer: string; ca: string | undefined },
): Container | undefined {
  const { id, type, name, public_key_fingerprint: fingerprint } = row;
  // The id becomes part of a URL.
  if (!containerName.safeParse(name).success || !/^\w[\w.~-]{0,199}$/.test(id)) return undefined;
  const usual = { name, transport: 'auto', timeoutSeconds: 120, platform: { id, type } } as const;
  if (type === 'hosted') {
    const auth: Authentication = { method: 'platform_token', issuer };
    return { ...usual, url: gatewayEndpoint(issuer, id), auth, tls: {} };
  }
  const address = readAddress(row.mcp_endpoint);
  if (address.status === 'refused') return undefined;
  if (fingerprint !== null && !pin.safeParse(fingerprint).success) return undefined;
  const tls: Container['tls'] = {
    ...(ca !== undefined && { ca }),
    ...(row.auth_method === 'mtls' && { clientCertificate: 'platform' }),
    ...(fingerprint !== null && { pins: [fingerprint] }),
  };
  return { ...usual, url: address.url, auth: entryOf(row.auth_method, issuer), tls };
}

function entryOf(method: ContainerRow['auth_method'], issuer: string): Authentication {
  switch (method) {
    case 'platform_token':
      return { method: 'platform_token', issuer };
    case 'mtls':
      return { method: 'none' };
    case 'api_key':
      return { method: 'api_key', header: 'Authorization' };
  }
}

/** `<name>-platform` where the name is the person's own. */
function freeName(name: string, names: ReadonlySet<string>): string {
  if (!names.has(name)) return name;
  for (let count = 1; ; count += 1) {
    const end = count === 1 ? '-platform' : `-platform-${count}`;
    const other = `${name.slice(0, longestName - end.length)}${end}`;
    if (!names.has(other)) return other;
  }
}

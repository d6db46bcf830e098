/** `fairlead doctor`: goes through the layers between a client and its container, and says which one is broken. */
import { signsIn, type Container } from '../../shared/container.ts';
import type { Layer } from '../../shared/control.ts';
import { asFairleadError, FairleadError, type ErrorCode } from '../../shared/errors.ts';
import type { Lifetime } from '../credentials/broker.ts';
import { delay } from '../runtime/clock.ts';
import { checkNetwork } from './doctor-network.ts';
import type { ControlDeps } from './deps.ts';
import { checkDiscovery } from './doctor-discovery.ts';
import { checkProfile } from './doctor-profile.ts';
import { failed, measured, skipped } from './layers.ts';
import { openTrial } from './trial.ts';

/** What the last layer's error says about an earlier one, which was looked at only from outside. */
const blamed: Partial<Record<ErrorCode, Layer['layer']>> = {
  proxy_failed: 'proxy',
  tls_failed: 'tls',
  pin_mismatch: 'tls',
  certificate_unavailable: 'tls',
  unauthorized: 'token',
  secret_missing: 'token',
  sign_in_needed: 'token',
  sign_in_failed: 'token',
  token_endpoint_unavailable: 'token',
  keychain_missing: 'keychain',
  keychain_locked: 'keychain',
};

const sessionTimeoutMs = 30_000;
const pingMs = 2_000;

/**
 * @param container undefined: only what all containers need
 * @param told of all that is known so far, each time that it is more; of the last layer, only the answer tells
 * @returns every layer. Never throws: what fails is in the layers.
 */
export async function diagnose(
  deps: ControlDeps,
  container: Container | undefined,
  told: (soFar: Layer[]) => void = () => undefined,
): Promise<Layer[]> {
  const found: Layer[] = [];
  const add = (layer: Layer) => {
    found.push(layer);
    told([...found]);
    return layer;
  };
  add(await checkKeychain(deps, container));
  add(await checkCore(deps));
  if (container === undefined) return found;
  let reachable = true;
  for await (const layer of checkNetwork(deps.network, container)) {
    add(layer);
    if (layer.outcome === 'failed') reachable = false;
  }
  try {
    checkSame(deps, container);
    add(await checkDiscovery(deps, container, reachable));
    checkSame(deps, container);
  } catch (thrown) {
    return [...found, failed('mcp', performance.now(), thrown)];
  }
  const token = add(await checkToken(deps, container));
  if (!reachable) return [...found, skipped('mcp', 'Not tried, as the network failed.')];
  // Asking without a token would open a browser.
  if (signsIn(container) && token.outcome === 'failed')
    return [...found, skipped('mcp', 'Stopped at token.')];
  const { layer, code } = await checkMcp(deps, container);
  return blame(found, layer, code);
}

/** Throws where its name means another one by now, or none: what is kept under that is not this one's. */
function checkSame({ registry }: ControlDeps, container: Container): void {
  const { name } = container;
  if (JSON.stringify(registry.named(name)) === JSON.stringify(container)) return;
  throw new FairleadError('connection_lost', `The settings of the container "${name}" were changed.`, {
    help: 'Look again.',
  });
}

async function checkKeychain({ vault }: ControlDeps, container: Container | undefined): Promise<Layer> {
  if (container?.auth.method === 'none' && !signsIn(container)) {
    return skipped('keychain', 'Not needed: this container is entered without a key.');
  }
  return measured('keychain', async () => {
    await vault.check();
    return vault.kind === 'memory'
      ? 'Keys are kept in memory, as FAIRLEAD_VAULT says: nothing outlives the core.'
      : 'A key can be stored and read back.';
  });
}

function checkCore({ version, home }: ControlDeps): Promise<Layer> {
  return measured('core', async () => {
    await checkProfile(home);
    const uptimeS = Math.round(process.uptime());
    return `Version ${version}, process ${process.pid}, running for ${uptimeS} s.`;
  });
}

async function checkToken({ broker }: ControlDeps, container: Container): Promise<Layer> {
  const startedAt = performance.now();
  const presence = await broker.presence({ container, configured: true });
  const durationMs = performance.now() - startedAt;
  const { name } = container;
  switch (presence) {
    case 'not_needed':
      return skipped('token', 'Not needed: this container is entered without a key.');
    case 'present':
      return {
        layer: 'token',
        outcome: 'ok',
        durationMs,
        detail: signsIn(container)
          ? signedIn(broker.lifetime({ container, configured: true }))
          : 'A key for this container is kept.',
      };
    case 'missing':
      if (signsIn(container)) {
        return {
          layer: 'token',
          outcome: 'failed',
          durationMs,
          detail: 'Nobody is signed in to this container.',
          help: `Sign in: run \`fairlead auth ${name}\`.`,
        };
      }
      return {
        layer: 'token',
        outcome: 'failed',
        durationMs,
        detail: 'No key for this container is kept.',
        help: `Run \`fairlead remove ${name}\`, then add it again with --secret-env or --secret-stdin.`,
      };
    case 'expired':
      return {
        layer: 'token',
        outcome: 'failed',
        durationMs,
        detail: 'The sign-in to this container has expired.',
        help: `Sign in again: run \`fairlead auth ${name}\`.`,
      };
    case 'signing_in':
      return {
        layer: 'token',
        outcome: 'failed',
        durationMs,
        detail: 'A sign-in to this container waits for you.',
        help: `Finish it in the browser; \`fairlead auth ${name}\` opens it again.`,
      };
    case 'unknown':
      return {
        layer: 'token',
        outcome: 'failed',
        durationMs,
        detail: 'The keychain cannot be asked for the key.',
        help: 'Mend the keychain first (see that layer).',
      };
  }
}

/** By this machine's clock, which may be wrong: the container decides. */
function signedIn(lifetime: Lifetime | undefined): string {
  const { expiresAt, renewable = false } = lifetime ?? {};
  if (expiresAt === undefined) return 'You are signed in to this container.';
  const minutes = Math.floor((expiresAt - Date.now()) / 60_000);
  const rest =
    minutes < 0 ? 'has run out' : minutes < 1 ? 'lasts less than a minute' : `lasts another ${minutes} min`;
  return `You are signed in to this container. The token ${rest}${renewable ? ', and is renewed by itself' : ''}.`;
}

async function checkMcp(
  deps: ControlDeps,
  container: Container,
): Promise<{ layer: Layer; code?: ErrorCode }> {
  const startedAt = performance.now();
  const timeoutMs = Math.min(container.timeoutSeconds * 1000, sessionTimeoutMs);
  try {
    const trial = await openTrial(deps.openLoopback(container), { version: deps.version, timeoutMs });
    // Not to break off `initialized` in mid-air; what comes back, or whether, is no matter.
    const patience = new AbortController();
    await Promise.race([trial.ping(), delay(pingMs, patience.signal)]).catch(() => undefined);
    patience.abort();
    trial.close();
    // A session can be one that was made of the newer era's words.
    const spoken = (await deps.newerVersion(container)) ?? trial.protocolVersion;
    // Name and version are the server's own words; who shows this escapes them.
    const server = trial.server === undefined ? 'A server' : `${trial.server.name} ${trial.server.version}`;
    const detail = `${server} speaks MCP ${spoken}.`;
    return { layer: { layer: 'mcp', outcome: 'ok', durationMs: performance.now() - startedAt, detail } };
  } catch (thrown) {
    return { layer: failed('mcp', startedAt, thrown), code: asFairleadError(thrown).code };
  }
}

/** Moves the last layer's failure to the layer that it is about. */
function blame(layers: Layer[], mcp: Layer, code: ErrorCode | undefined): Layer[] {
  const guilty = code === undefined ? undefined : blamed[code];
  if (guilty === undefined) return [...layers, mcp];
  const moved = layers.map((layer): Layer => {
    if (layer.layer !== guilty || layer.outcome === 'failed') return layer;
    return { ...mcp, layer: guilty };
  });
  return [...moved, skipped('mcp', `Stopped at ${guilty}.`)];
}

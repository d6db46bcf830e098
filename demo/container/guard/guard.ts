/** The guard that config.yaml asks for. Here a new mode gets its verifier. */
import { stat } from 'node:fs/promises';
import { FairleadError } from '../../../shared/errors.ts';
import type { OAuthMode } from '../authorization/config.ts';
import type { AuthorizationServer } from '../authorization/server.ts';
import { readConfig, type GuardConfig, type StoredToken } from './config.ts';
import { createCertificateVerifier } from './certificate-verifier.ts';
import { createExternalVerifier, createProviders } from './external/verifier.ts';
import { createMtlsVerifier } from './mtls-verifier.ts';
import { createOAuthVerifier } from './oauth-verifier.ts';
import { platformTerms } from './platform-config.ts';
import { createPlatformVerifier } from './platform-verifier.ts';
import { besideMcp, describeResource, type ProtectedResource } from './protected-resource.ts';
import type { LimitTerms } from './tenant-limit.ts';
import { reportToStderr } from '../report.ts';
import { readTlsMaterial, type TlsMaterial } from './tls-material.ts';
import { createTokenVerifier } from './token-verifier.ts';
import { localVerifier, type Verifier } from './verifier.ts';

export type GuardMode = GuardConfig['mode'];

/** Whether many people come in, each with their own things. */
export function hasTenants(mode: GuardMode): boolean {
  return mode === 'external' || mode === 'oauth';
}

export interface Guard extends Verifier {
  readonly mode: GuardMode;
  /** For a mode whose tokens come from an authorization server: how those who call this path find it. */
  readonly resource?: ((path: string) => ProtectedResource) | undefined;
  /** By which name callers know the container, where config.yaml says. */
  readonly publicHost: string | undefined;
  /** What each tenant may ask for. */
  readonly limit: LimitTerms | undefined;
  /** In mode `oauth`: the server of everything that is not MCP. Opened once the container listens. */
  readonly authorization?: (() => Promise<AuthorizationServer>) | undefined;
  /** As config.yaml names it. */
  readonly tls: TlsMaterial | undefined;
  /** The same as it is now. Throws `config_invalid`. */
  readonly readTls: () => Promise<TlsMaterial | undefined>;
}

/**
 * @param endpoint the container's own URL, asked once it listens
 * Throws `config_invalid`.
 */
export async function openGuard(configFile: string, endpoint: () => string): Promise<Guard> {
  const config = await readConfig(configFile);
  const readTls = () => readTlsMaterial(configFile, config);
  const tls = await readTls();
  const { auth, public_url: publicUrl } = config;
  return {
    mode: auth.mode,
    tls,
    readTls,
    limit: config.limit,
    publicHost: publicUrl === undefined ? undefined : new URL(publicUrl).hostname,
    ...createVerifier(auth, { configFile, endpoint: () => publicUrl ?? endpoint() }),
  };
}

function createVerifier(
  auth: GuardConfig,
  { configFile, endpoint }: { configFile: string; endpoint: () => string },
): Verifier & Pick<Guard, 'resource' | 'authorization'> {
  switch (auth.mode) {
    case 'local':
      return localVerifier;
    case 'token':
      return createTokenVerifier(createTokenReader(configFile));
    case 'platform': {
      const terms = platformTerms(auth);
      const audience = () => terms.audience ?? endpoint();
      return {
        ...createPlatformVerifier(terms, audience),
        resource: (path) => describeResource(besideMcp(audience(), path), terms.issuer),
      };
    }
    case 'certificate':
      return createCertificateVerifier(auth);
    case 'mtls':
      return createMtlsVerifier(auth);
    case 'external': {
      const providers = createProviders(auth, process.env);
      const scope = providers[0]?.scope ?? '';
      return {
        ...createExternalVerifier(auth, providers),
        resource: (path) =>
          describeResource(
            besideMcp(endpoint(), path),
            providers.map(({ issuer }) => issuer),
            { scope, takesProofs: false },
          ),
      };
    }
    case 'oauth': {
      // Not before the container listens, as the issuer has the port in it.
      let opening: Promise<AuthorizationServer> | undefined;
      const open = () =>
        (opening ??= openAuthorizationServer(
          auth,
          ['/mcp', '/sse'].map((path) => besideMcp(endpoint(), path)),
        ));
      return {
        ...createOAuthVerifier(open, endpoint),
        authorization: open,
        resource: (path) => describeResource(besideMcp(endpoint(), path), new URL(endpoint()).origin),
      };
    }
  }
}

/** Loaded late: no other mode needs it. */
async function openAuthorizationServer(
  auth: OAuthMode,
  endpoints: readonly string[],
): Promise<AuthorizationServer> {
  const { createAuthorizationServer } = await import('../authorization/server.ts');
  return createAuthorizationServer(auth, endpoints, reportToStderr);
}

/** Reads the tokens again when the file changed. A file that broke meanwhile admits nobody: the reader throws. */
function createTokenReader(configFile: string): () => Promise<readonly StoredToken[]> {
  let known: { version: string; tokens: readonly StoredToken[] } | undefined;
  return async () => {
    const version = await fileVersion(configFile);
    if (known?.version === version) return known.tokens;
    const { auth } = await readConfig(configFile);
    if (auth.mode !== 'token') {
      throw new FairleadError('config_invalid', `${configFile} changed auth.mode while the container runs.`, {
        help: 'Start the container again.',
      });
    }
    known = { version, tokens: auth.tokens };
    return known.tokens;
  };
}

async function fileVersion(file: string): Promise<string> {
  try {
    const { mtimeNs, ino, size } = await stat(file, { bigint: true });
    return `${ino}:${size}:${mtimeNs}`;
  } catch {
    return 'missing';
  }
}

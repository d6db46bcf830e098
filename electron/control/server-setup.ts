/** What a registered server has to be told: whom it lets in, in the words of the reference container's `config.yaml`. */
import type { ContainerRow } from '../../shared/platform-api.ts';
import type { ServerSetup } from '../../shared/platform-control.ts';

/** @param authority PEM, of the platform's certificates */
export function serverSetup(issuer: string, row: ContainerRow, authority: string | undefined): ServerSetup {
  const { id, user_id: userId, mcp_endpoint: audience, auth_method: authMethod } = row;
  const jwksUrl = `${issuer}/.well-known/jwks.json`;
  const about = { authMethod, issuer, jwksUrl, audience, userId, containerId: id };
  return { ...about, ...(authority !== undefined && { authority }), config: configOf(about) };
}

function configOf({
  authMethod,
  issuer,
  jwksUrl,
  audience,
  userId,
  containerId,
}: Omit<ServerSetup, 'config'>): string {
  switch (authMethod) {
    case 'platform_token':
      return yaml({
        mode: 'platform',
        platform_jwks_url: jwksUrl,
        platform_issuer: issuer,
        audience,
        expected_user_id: userId,
      });
    case 'mtls':
      return yaml({
        mode: 'certificate',
        platform_ca: 'platform-ca.pem',
        certificate: 'server.pem',
        key: 'server-key.pem',
        container_id: containerId,
        expected_user_id: userId,
      });
    case 'api_key':
      return yaml({ mode: 'token' });
  }
}

/** YAML 1.2 §1.2: a string of JSON is one of YAML. */
function yaml(auth: Readonly<Record<string, string>>): string {
  return ['auth:', ...Object.entries(auth).map(([name, value]) => `  ${name}: ${quoted(value)}`)].join('\n');
}

function quoted(value: string): string {
  return /^[a-z][\w.-]*$/i.test(value) ? value : JSON.stringify(value);
}

/** A container of the person's at the platform, and the authority that issues their certificates for it. */
import { generateKeyPairSync } from 'node:crypto';
import { certificateRequestFor } from '../../electron/credentials/certificates/certificate-request.ts';
import { createPlatformClient } from '../../electron/platform/client.ts';
import { createHttpClient } from '../../electron/upstream/network/http-client.ts';
import type { PlatformRig } from './platform-rig.ts';

/** @returns the container's id, and the authority's certificates in PEM */
export async function openAuthorityOf(
  { platform: { issuer }, broker }: PlatformRig,
  endpoint = 'https://notes.example.com/mcp',
): Promise<{ id: string; chain: string }> {
  const http = createHttpClient({ tls: {}, env: {} });
  try {
    const client = createPlatformClient({ send: broker.platform.authenticated(http.send) });
    const { id } = await client.register(issuer, {
      ...{ type: 'external', name: 'notes', mcp_endpoint: endpoint, auth_method: 'mtls' },
      public_key_fingerprint: null,
    });
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { ca_chain: chain } = await client.certificate(issuer, id, certificateRequestFor(privateKey));
    return { id, chain };
  } finally {
    await http.close();
  }
}

/** `/containers/:id/certificates`: a client certificate for a key that never leaves the user's machine. */
import { certificateRequest, type IssuedCertificate } from '../../../shared/platform-api.ts';
import type { Audit } from '../audit.ts';
import { BadRequest, type Authority } from '../authority/authority.ts';
import { names } from '../../tokens/names.ts';
import type { Containers } from '../containers/containers.ts';
import type { ApiApp } from './authenticate.ts';
import { ownContainer } from './containers.ts';
import { readInput } from './input.ts';
import { refusal } from './problem.ts';

export function addCertificates(
  app: ApiApp,
  deps: { containers: Containers; authority: Authority; certificateSeconds: number; audit: Audit },
): void {
  const { containers, authority, audit } = deps;
  app.post('/containers/:id/certificates', async (context) => {
    const { id, user_id: user } = await ownContainer(context, containers);
    const { csr } = await readInput(context, certificateRequest);
    try {
      const { certificate, notAfter } = await authority.sign(csr, {
        commonName: user,
        uri: [names.user(user), names.clientOf(id)],
        use: 'client',
        hours: deps.certificateSeconds / 3_600,
      });
      audit({ event: 'certificate_issued', outcome: 'ok', user, container: id });
      return context.json(
        {
          certificate,
          ca_chain: authority.chain,
          not_after: notAfter.toISOString(),
        } satisfies IssuedCertificate,
        201,
      );
    } catch (thrown) {
      if (!(thrown instanceof BadRequest)) throw thrown;
      audit({ event: 'certificate_issued', outcome: 'refused', user, container: id });
      const detail =
        'A certificate request (PKCS#10, PEM) that is signed with its own key: EC, RSA or Ed25519.';
      throw refusal(422, 'The certificate request cannot be used.', [{ pointer: '/csr', detail }]);
    }
  });
}

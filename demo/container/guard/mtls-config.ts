/** Mode `mtls` of config.yaml: a container that the platform hosts, reached by its gateway alone. */
import { z } from 'zod';
import { fileName, secureUrl } from './settings.ts';

export const mtlsMode = z.strictObject({
  mode: z.literal('mtls'),
  /** Who issued the gateway's certificate. */
  platform_ca: fileName,
  certificate: fileName,
  key: fileName,
  platform_jwks_url: secureUrl,
  platform_issuer: secureUrl,
  container_id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'an id has letters, digits, dashes and underscores'),
  /** Claims are for this container already, and the platform makes them for its user alone; this asks once more. */
  expected_user_id: z.string().min(1, 'give the id of the user whose container this is').optional(),
});
export type MtlsMode = z.infer<typeof mtlsMode>;

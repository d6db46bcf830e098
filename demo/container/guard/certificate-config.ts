/** Mode `certificate` of config.yaml: one user's own server, entered with the certificates that the platform issues for it. */
import { z } from 'zod';
import { fileName } from './settings.ts';

export const certificateMode = z.strictObject({
  mode: z.literal('certificate'),
  /** Who issues the certificates of those who come. */
  platform_ca: fileName,
  /** The server's own, and its key. */
  certificate: fileName,
  key: fileName,
  /** Of this server, as the platform has it registered. */
  container_id: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'an id has letters, digits, dashes and underscores'),
  expected_user_id: z.string().min(1, 'give the id of the user whose container this is'),
});
export type CertificateMode = z.infer<typeof certificateMode>;

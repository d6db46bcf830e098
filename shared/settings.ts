/** How Fairlead reaches the network, where the person wants it otherwise than the environment says. */
import { z } from 'zod';

/** Names with everything below them, addresses and address ranges, as in NO_PROXY. */
const exceptions = z
  .string()
  .max(2_000)
  .regex(/^[\w.:/*,[\]\s-]*$/);

export const networkSettings = z.strictObject({
  /** Absent: as HTTPS_PROXY, HTTP_PROXY and NO_PROXY say. */
  proxy: z
    .discriminatedUnion('use', [
      z.strictObject({ use: z.literal('none') }),
      z.strictObject({
        use: z.literal('own'),
        /** Without user name and password: they would stand in a file. */
        url: z
          .url({ protocol: /^https?$/ })
          .max(2_000)
          .refine((url) => !/^\w+:\/\/[^/?#]*@/.test(url)),
        except: exceptions.optional(),
      }),
    ])
    .optional(),
  /** Absolute path of a PEM file of authorities, trusted besides the system's; absent: NODE_EXTRA_CA_CERTS. */
  ca: z.string().min(1).max(4_096).optional(),
});
export type NetworkSettings = z.infer<typeof networkSettings>;

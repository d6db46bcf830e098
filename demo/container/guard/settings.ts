/** Kinds of value that several modes of config.yaml have. */
import { z } from 'zod';
import { isLoopback } from '../../../shared/loopback.ts';

/** Keys that came over plain http would be anybody's, and so would a token that goes out that way. */
export const secureUrl = z.string().refine(
  (text) => {
    if (!URL.canParse(text)) return false;
    const { protocol, hostname, username, password } = new URL(text);
    const isSecure = protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
    return isSecure && username === '' && password === '';
  },
  { error: 'this must be an https URL (http for loopback)' },
);

/** A path, relative to where config.yaml is. */
export const fileName = z.string().min(1, 'name a file');

/** How the container shows itself: PEM files. */
export const tlsFiles = z.strictObject({ certificate: fileName, key: fileName });

/** Takes out of records what nobody else needs: secrets that should not be there in the first place, and whose they are. */
import { homedir } from 'node:os';

const gone = '[taken out]';

/** Members that could only hold what must not leave this machine. */
const secretNames =
  /secret|token$|passw|passphrase|authorization|cookie|credential$|verifier|userCode|email/i;
/** What an issuer makes up: long, and of letters and digits. */
const madeUp = /(?<![\w/+-])(?=[\w+/-]*\d)(?=[\w+/-]*[A-Za-z])[\w+-]{24,}={0,2}(?![\w+/-])/g;

/**
 * A copy of a record for somebody else to read: URLs without query, user name and made-up parts; no e-mail address, no
 * token, no header, no name of the person's folder. Pins stay: they are public.
 * @param home of FAIRLEAD_HOME
 */
export function redacted(value: unknown, home: string): unknown {
  if (typeof value === 'string') return redactedText(value, home);
  if (Array.isArray(value)) return value.map((each) => redacted(each, home));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const hidden = secretNames.test(name) && typeof member === 'string' && !states.has(member);
      return [redactedText(name, home), hidden ? gone : redacted(member, home)];
    }),
  );
}

/** How a key stands is no key. */
const states = new Set(['not_needed', 'present', 'missing', 'expired', 'signing_in', 'unknown']);

function redactedText(text: string, home: string): string {
  return text
    .replaceAll(home, '<profile>')
    .replaceAll(homedir(), '~')
    .replace(/[a-z][a-z0-9+.-]*:\/\/[^\s"'<>`\\]+/gi, redactedUrl)
    .replace(/[^\s@:/"'<>]+@[^\s@/"'<>]+\.[a-z]{2,}/gi, '[e-mail]')
    .replace(/\b(Bearer|Basic|DPoP)\s+[^\s"']+/gi, `$1 ${gone}`)
    .replace(/\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)*/g, gone)
    .replace(madeUp, gone);
}

function redactedUrl(text: string): string {
  return shownUrl(text, { part: gone.replace(' ', '%20'), query: '…' });
}

/** A URL without user name, and with `hidden` in place of its query and of parts of its path that somebody made up. */
export function shownUrl(text: string, hidden: { readonly part: string; readonly query: string }): string {
  if (!URL.canParse(text)) return gone;
  const { protocol, host, pathname, search } = new URL(text);
  const path = pathname
    .split('/')
    .map((part) => (isMadeUp(part) ? hidden.part : part))
    .join('/');
  return `${protocol}//${host}${path}${search === '' ? '' : `?${hidden.query}`}`;
}

function isMadeUp(part: string): boolean {
  return /\d/.test(part) && part.length >= 12;
}

/** Parses WWW-Authenticate: what a 401 or 403 asked for (RFC 9110 §11.6.1, RFC 6750 §3, RFC 9728 §5.1). Pure. */
import type { Challenge } from './discovered.ts';

export interface AuthChallenge {
  /** Lower-case. */
  readonly scheme: string;
  /** Names are lower-case; of one that comes twice, the first counts. */
  readonly parameters: ReadonlyMap<string, string>;
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const separators = /[\s,]*/y;
const blanks = / +/y;
const name = new RegExp(token, 'y');
/** RFC 9110 allows blanks around the `=` (BWS). */
const unquoted = new RegExp(`(${token})[ \\t]*=[ \\t]*(${token})[ \\t]*(?=,|$)`, 'y');
const quoted = new RegExp(`(${token})[ \\t]*=[ \\t]*"((?:[^"\\\\]|\\\\.)*)"`, 'y');
const token68 = /[A-Za-z0-9\-._~+/]+=*[ \t]*(?=,|$)/y;

/**
 * @param header the field's value; repeated fields joined by commas
 * @returns what could be read, in order. Never throws: at what is no challenge it stops
 */
export function parseChallenges(header: string): AuthChallenge[] {
  const challenges: AuthChallenge[] = [];
  let parameters: Map<string, string> | undefined;
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(header) ?? undefined;
    if (match !== undefined) at = pattern.lastIndex;
    return match;
  };

  for (take(separators); at < header.length; take(separators)) {
    const parameter = parameters && (take(quoted) ?? take(unquoted));
    if (parameter !== undefined) {
      const [, key = '', value = ''] = parameter;
      const known = key.toLowerCase();
      if (parameters?.has(known) === false) parameters.set(known, value.replace(/\\(.)/g, '$1'));
      continue;
    }
    const scheme = take(name)?.[0];
    // `=`: a parameter that nobody could read.
    if (scheme === undefined || header[at] === '=') break;
    parameters = new Map();
    challenges.push({ scheme: scheme.toLowerCase(), parameters });
    // Behind a comma stands what is no token68 of this scheme, though it may look like one: the next scheme.
    if (take(blanks) !== undefined) take(token68);
  }
  return challenges;
}

/** The challenge that concerns OAuth: the first that names metadata, or else the first that a token would answer. */
export function parseChallenge(header: string | undefined): Challenge | undefined {
  const challenges = parseChallenges(header ?? '');
  const chosen =
    challenges.find(({ parameters }) => parameters.has('resource_metadata')) ??
    challenges.find(({ scheme }) => scheme === 'bearer' || scheme === 'dpop');
  return (
    chosen && {
      resourceMetadata: chosen.parameters.get('resource_metadata'),
      scope: chosen.parameters.get('scope'),
      error: chosen.parameters.get('error'),
    }
  );
}

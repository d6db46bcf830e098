/** Chooses the scope to ask for (MCP authorization, "Scope Selection Strategy"). Pure. */

/** RFC 6749 §3.3. Anything else in a server's list is dropped. */
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/;
const offline = 'offline_access';

/**
 * The person's own choice, as it is; else what the 401 asked for; else all that the resource names; else none.
 * `offline_access` goes along where the authorization server offers it and refresh tokens. Not by itself: a server
 * that asked for no scope has its own idea of a default, which a lone `offline_access` would replace.
 */
export function chooseScope(terms: {
  configured: string | undefined;
  challenged: string | undefined;
  resourceScopes: readonly string[] | undefined;
  serverScopes: readonly string[] | undefined;
  refreshable: boolean;
}): string | undefined {
  if (terms.configured !== undefined) return terms.configured;
  const wanted = terms.challenged === undefined ? (terms.resourceScopes ?? []) : words(terms.challenged);
  const scopes = new Set(wanted.filter((each) => scopeToken.test(each)));
  if (scopes.size === 0) return undefined;
  if (terms.refreshable && terms.serverScopes?.includes(offline) === true) scopes.add(offline);
  return [...scopes].join(' ');
}

/** For the step-up after a 403 `insufficient_scope`: what was held stays held, and what is asked for comes to it. */
export function unionScope(held: string | undefined, asked: string | undefined): string | undefined {
  const all = [...words(held), ...words(asked)].filter((each) => scopeToken.test(each));
  return all.length === 0 ? undefined : [...new Set(all)].join(' ');
}

function words(scope: string | undefined): string[] {
  return (scope ?? '').split(' ').filter((each) => each !== '');
}

/** The table of docs/conformance.md. */
import type { Outcome } from './scenarios.ts';

/** What Fairlead does not do, and what that would take. */
export const missing: ReadonlyMap<string, string> = new Map([
  [
    'auth/cross-app-access-complete-flow',
    'Enterprise-managed authorization. Both of its own checks fail; those that succeed are of an ordinary sign-in, which Fairlead tries instead and which is refused. Missing are the exchange of an ID token for an ID-JAG at the identity provider (RFC 8693), the grant that turns that into an access token (RFC 7523), options for the provider and our client there, and a way to be handed the ID token, as the scenario has nowhere to sign in for one.',
  ],
]);

export function verdict({ scenario, passed }: Outcome): string {
  if (passed) return 'passes';
  return missing.has(scenario.name) ? 'not supported' : 'FAILS';
}

export function report(
  outcomes: readonly Outcome[],
  run: { suite: string; suiteNode: string; node: string; fairlead: string; date: string },
): string {
  const rows = outcomes.map((outcome) => {
    const { scenario, succeeded, checks } = outcome;
    return `| ${scenario.name} | ${scenario.since} | ${succeeded} of ${checks} | ${verdict(outcome)} |`;
  });
  const passed = outcomes.filter((each) => each.passed).length;
  const unsupported = outcomes.filter((each) => verdict(each) === 'not supported');
  const notes = unsupported.map(
    ({ scenario }) => `- \`${scenario.name}\`: ${missing.get(scenario.name) ?? ''}`,
  );
  return `# Conformance

Made by \`npm run conformance -- --write\` on ${run.date}: the client scenarios of \`@modelcontextprotocol/conformance\`
${run.suite} (on Node ${run.suiteNode}) against Fairlead ${run.fairlead} (on Node ${run.node}). The client is the
official SDK's; it starts \`fairlead stdio <the scenario's server>\` with an empty profile and a browser that agrees to
everything. Options are given only where the scenario hands over something to give: a client id, a secret, a key
(\`test/conformance/adapter.mjs\`).

${passed} of ${outcomes.length} scenarios pass.

| scenario | specification | checks | result |
| --- | --- | ---: | --- |
${rows.join('\n')}
${notes.length === 0 ? '' : `\nNot supported:\n\n${notes.join('\n')}\n`}`;
}

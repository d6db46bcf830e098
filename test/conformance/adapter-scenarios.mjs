// What differs between the suite's client scenarios: what stands in the client's config, and what is called.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What the person would write into the client's config: nothing, unless they were given something.
 * @param {string} scenario
 * @param {Record<string, string>} context what the suite hands over
 * @param {string} home where a file that they were given can be put
 */
export function optionsFor(scenario, context, home) {
  switch (scenario) {
    case 'auth/basic-cimd':
      // The suite's own, which it compares with.
      return ['--auth', 'oauth', '--client-id', 'https://conformance-test.local/client-metadata.json'];
    case 'auth/pre-registration':
      return ['--auth', 'oauth', '--client-id', context.client_id, '--client-secret-env', 'CLIENT_SECRET'];
    case 'auth/client-credentials-basic':
      return [
        ...['--auth', 'client-credentials', '--client-id', context.client_id],
        ...['--client-secret-env', 'CLIENT_SECRET'],
      ];
    case 'auth/client-credentials-jwt': {
      const key = join(home, 'client-key.pem');
      writeFileSync(key, context.private_key_pem, { mode: 0o600 });
      return ['--auth', 'client-credentials', '--client-id', context.client_id, '--private-key', key];
    }
    default:
      return [];
  }
}

/** What a server of the newer era must not say, so that the SDK's client refuses it; the scenario looks whether it asks again. */
export const refusedBySdk = 'test_mrtr_no_result_type';

/**
 * The calls that the scenario asks for, or each tool once.
 * @param {string} scenario
 * @param {{ name: string, inputSchema: Schema }[]} tools
 * @param {{ toolCalls?: { name: string, arguments: object }[] }} context what the suite hands over
 */
export function callsIn(scenario, tools, { toolCalls }) {
  if (toolCalls !== undefined) return toolCalls;
  // Its server lists a tool, and has none.
  if (scenario === 'json-schema-ref-no-deref') return [];
  // Where there are two, one is to be told the other's schema as it arrived.
  const told = tools.find(({ name }) => name === 'json_schema_2020_12_tool')?.inputSchema;
  return tools.map(({ name, inputSchema }) => ({
    name,
    arguments: name === 'json_schema_echo' ? { schema: told } : argumentsFor(inputSchema),
  }));
}

/**
 * Arguments that fit a tool's schema, as far as the scenarios' tools need it.
 * @typedef {{ properties?: Record<string, { type?: string }> }} Schema
 * @param {Schema} schema
 */
function argumentsFor({ properties = {} }) {
  return Object.fromEntries(
    Object.entries(properties).map(([name, { type }], index) => [name, type === 'number' ? index + 1 : name]),
  );
}

/** Tells what an entry of a client's config is, and which container it could be (docs/cli.md, "Import"). */
import { bridgeIn } from './command-words.ts';
import { startedProgram } from './entry-shape.ts';
import { readMcpRemote } from './mcp-remote.ts';
import { proposalOf } from './proposal.ts';
import { noFindings, type EntryReading, type Findings, type Surroundings } from './reading.ts';
import { readSupergateway } from './supergateway.ts';
import { readUrlEntry } from './url-entry.ts';
import { createVariables } from './variables.ts';

/**
 * Pure but for what `around` answers.
 * @param entry as the other program's config has it: anything
 * @returns texts that quote no value of it; never throws
 */
export function readEntry(entry: unknown, around: Surroundings): EntryReading {
  const findings = noFindings();
  const program = startedProgram(entry);
  const env = program?.env ?? new Map<string, string>();
  const variables = createVariables(env, { around, findings });
  if (program === undefined) {
    const found = readUrlEntry(entry, { variables, findings });
    return found === undefined ? { status: 'other' } : proposalOf(found, findings);
  }
  const started = bridgeIn(program.words);
  if (started === undefined) return { status: 'other' };
  if (started === 'unclear') {
    const source = program.words.some((word) => word.includes('mcp-remote')) ? 'mcp-remote' : 'supergateway';
    const reason = `It starts ${source} in a way that Fairlead does not know.`;
    return { status: 'skipped', source, reason, missing: [], variables: [] };
  }
  const found =
    started.bridge === 'mcp-remote'
      ? readMcpRemote(started.args, { variables, around, findings })
      : readSupergateway(started.args, { variables, findings });
  if (found === undefined) return { status: 'other' };
  noteEnvironment(variables.unused(), findings);
  return proposalOf(found, findings);
}

/** The core is not started from the entry, and has its own. */
function noteEnvironment(unused: readonly string[], { notes }: Findings): void {
  if (unused.some((name) => /^(https?|all|no)_proxy$/i.test(name)))
    notes.add('The proxy in its environment is left out: the core uses the one of its own HTTPS_PROXY.');
  if (unused.some((name) => /^(NODE_EXTRA_CA_CERTS|NODE_TLS_REJECT_UNAUTHORIZED|SSL_CERT_FILE)$/.test(name)))
    notes.add('What its environment says of certificates is left out: see `fairlead add --ca`.');
  if (unused.some((name) => !/proxy$|^(NODE_.*|SSL_CERT_FILE|MCP_REMOTE_CONFIG_DIR|PATH|HOME)$/i.test(name)))
    notes.add('Variables of its environment that no header names are left out.');
}

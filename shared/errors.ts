/** Every error Fairlead can name, and what each becomes at its three edges: a client, a command, a log. */
import { isLoopback } from './loopback.ts';

interface Edge {
  /** JSON-RPC error code a client is given. -32000 and -32001 are what MCP SDKs use for a lost connection and a timeout. */
  readonly jsonRpc: number;
  /** Exit status of a command (docs/cli.md). */
  readonly exit: 1 | 2 | 3 | 4 | 5;
}

const edges = {
  usage: { jsonRpc: -32602, exit: 2 },
  container_unknown: { jsonRpc: -32000, exit: 1 },
  container_exists: { jsonRpc: -32000, exit: 1 },
  /** A hosted container that sleeps, or is on the way there, and did not start in time. */
  container_asleep: { jsonRpc: -32000, exit: 1 },
  /** The platform tried to start a hosted container, and could not. */
  container_failed: { jsonRpc: -32000, exit: 1 },
  config_invalid: { jsonRpc: -32000, exit: 1 },
  /** Another program's config is not what its format allows, or is written in a way that is not edited. */
  client_config_invalid: { jsonRpc: -32000, exit: 1 },
  client_config_unwritable: { jsonRpc: -32000, exit: 1 },
  /** Another program has changed it, and what was asked for would undo that. */
  client_config_changed: { jsonRpc: -32000, exit: 1 },
  /** It has an entry of that name which is not one of ours. */
  client_entry_taken: { jsonRpc: -32000, exit: 1 },
  nothing_to_undo: { jsonRpc: -32000, exit: 1 },
  profile_unsafe: { jsonRpc: -32000, exit: 5 },

  core_unreachable: { jsonRpc: -32000, exit: 5 },
  core_lost: { jsonRpc: -32000, exit: 5 },
  core_stopping: { jsonRpc: -32000, exit: 5 },

  keychain_missing: { jsonRpc: -32000, exit: 4 },
  keychain_locked: { jsonRpc: -32000, exit: 4 },
  secret_missing: { jsonRpc: -32000, exit: 3 },
  unauthorized: { jsonRpc: -32000, exit: 3 },
  forbidden: { jsonRpc: -32000, exit: 1 },

  sign_in_needed: { jsonRpc: -32000, exit: 3 },
  sign_in_failed: { jsonRpc: -32000, exit: 3 },
  /** The authorization server, or what was found about it, breaks a rule that protects the person. */
  discovery_refused: { jsonRpc: -32000, exit: 1 },
  discovery_failed: { jsonRpc: -32000, exit: 1 },
  registration_failed: { jsonRpc: -32000, exit: 1 },
  /** A URL that a server told us leads where it must not. */
  address_refused: { jsonRpc: -32000, exit: 1 },
  token_endpoint_unavailable: { jsonRpc: -32000, exit: 1 },

  name_not_found: { jsonRpc: -32000, exit: 1 },
  connect_failed: { jsonRpc: -32000, exit: 1 },
  connect_timed_out: { jsonRpc: -32000, exit: 1 },
  proxy_failed: { jsonRpc: -32000, exit: 1 },
  tls_failed: { jsonRpc: -32000, exit: 1 },
  /** There is no client certificate to show: it has ended, or the platform issues none now. */
  certificate_unavailable: { jsonRpc: -32000, exit: 1 },
  pin_mismatch: { jsonRpc: -32000, exit: 1 },
  connection_lost: { jsonRpc: -32000, exit: 1 },

  http_refused: { jsonRpc: -32000, exit: 1 },
  overloaded: { jsonRpc: -32000, exit: 1 },
  not_mcp: { jsonRpc: -32000, exit: 1 },
  protocol_violation: { jsonRpc: -32000, exit: 1 },
  answer_too_large: { jsonRpc: -32000, exit: 1 },
  timed_out: { jsonRpc: -32001, exit: 1 },
  remote_error: { jsonRpc: -32000, exit: 1 },
  container_too_new: { jsonRpc: -32000, exit: 1 },

  /** The person has switched the tool off. */
  tool_denied: { jsonRpc: -32000, exit: 1 },
  /** The tool is not what it was when clients first got it, and the person has not accepted that. */
  tool_changed: { jsonRpc: -32000, exit: 1 },
  /** The person has yet to let the program use the container, or does not let it. */
  consent_needed: { jsonRpc: -32000, exit: 1 },
  consent_denied: { jsonRpc: -32000, exit: 1 },
  /** The person has paused all traffic. */
  paused: { jsonRpc: -32000, exit: 1 },

  parse_error: { jsonRpc: -32700, exit: 1 },
  invalid_request: { jsonRpc: -32600, exit: 1 },
  message_too_large: { jsonRpc: -32600, exit: 1 },
  too_many_requests: { jsonRpc: -32000, exit: 1 },
  cancelled: { jsonRpc: -32000, exit: 1 },
  internal: { jsonRpc: -32603, exit: 1 },
} as const satisfies Record<string, Edge>;

export type ErrorCode = keyof typeof edges;

/** What the person has decided, and is no failure of the container. */
export const personalDecisions: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'tool_denied',
  'tool_changed',
  'consent_needed',
  'consent_denied',
  'paused',
]);

/** What may cross a process boundary of an error: its name and sentences of ours, never text from a peer. */
export interface ErrorReport {
  readonly code: ErrorCode;
  /** What happened, in one sentence without a secret. */
  readonly message: string;
  /** What the person can do about it. */
  readonly help?: string | undefined;
  /** Where to do it, in a browser: https, or http on this machine. */
  readonly url?: string | undefined;
}

/** The one error that Fairlead's I/O throws. `message` is safe to show; `cause` is for debuggers and never printed. */
export class FairleadError extends Error {
  readonly code: ErrorCode;
  readonly help: string | undefined;
  readonly url: string | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { help?: string | undefined; url?: string | undefined; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'FairleadError';
    this.code = code;
    this.help = options.help;
    this.url = options.url;
  }
}

/** The error that asks the person to sign in, with the way to do so where a sign-in is open. */
export class SignInNeeded extends FairleadError {
  readonly userCode: string | undefined;

  /** @param prompt `url` parsed and escaped, `userCode` of harmless characters: both are displayed */
  constructor(prompt: { readonly url: string; readonly userCode: string | undefined } | undefined) {
    super('sign_in_needed', 'You need to sign in to this container.', {
      help: signInHelp(prompt),
      url: prompt?.url,
    });
    this.userCode = prompt?.userCode;
  }
}

/** The error that a server's public key is none of its container's pins (RFC 7469 §2.4): a decision is the person's. */
export class PinMismatch extends FairleadError {
  /** Of the key that the server proved to hold, in the form of a pin; undefined: it could not be seen. */
  readonly seen: string | undefined;

  constructor(seen: string | undefined, pins: readonly string[]) {
    const expected = pins.length === 1 ? `the pin is ${pins.join()}` : `the pins are ${pins.join(', ')}`;
    super(
      'pin_mismatch',
      `The server's public key is ${seen ?? 'unknown'}, but ${expected}. Nothing was sent to it.`,
      {
        help: `Ask the server's owner whether its key was changed. If so, run \`fairlead pin accept <name>\` (or, for a container without a name, give --pin ${seen ?? '<its print>'}); if not, someone may be reading along: run \`fairlead pin keep <name>\` once that is mended.`,
      },
    );
    this.seen = seen;
  }
}

function signInHelp(
  prompt: { readonly url: string; readonly userCode: string | undefined } | undefined,
): string {
  if (prompt === undefined)
    return 'Run `fairlead auth <name>`, or use one of its tools: the sign-in opens then.';
  const code = prompt.userCode === undefined ? '' : ` and enter the code ${prompt.userCode}`;
  return `Open ${prompt.url}${code}, then try again.`;
}

/** Any thrown value as a FairleadError; what is not ours becomes `internal` and keeps its text as the cause only. */
export function asFairleadError(thrown: unknown): FairleadError {
  if (thrown instanceof FairleadError) return thrown;
  return new FairleadError('internal', 'Fairlead hit an unexpected error.', {
    help: 'Run `fairlead logs` for details, and report it if it comes again.',
    cause: thrown,
  });
}

/** For the control API and the core's answers to an endpoint. */
export function errorReport(thrown: unknown): ErrorReport {
  const { code, message, help, url } = asFairleadError(thrown);
  return {
    code,
    message,
    ...(help !== undefined && { help }),
    ...(url !== undefined && opensSafely(url) && { url }),
  };
}

/** The error that a report was made of, on the other side of the boundary. */
export function reportedError(report: ErrorReport): FairleadError {
  const code = report.code in edges ? report.code : 'internal';
  const { help, url } = report;
  return new FairleadError(code, report.message, {
    help,
    url: url !== undefined && opensSafely(url) ? url : undefined,
  });
}

/** Whoever is given the link may open it unseen: it must not run a program, nor go over an open network. */
function opensSafely(address: string): boolean {
  const [, scheme = '', host = ''] =
    /^(https?):\/\/(\[[\da-f:.]+\]|[^\s/?#@\\:[\]]+)(?::\d+)?(?:[/?#]\S*)?$/i.exec(address) ?? [];
  return scheme.toLowerCase() === 'https' || (scheme !== '' && isLoopback(host));
}

/** The `error` member of a JSON-RPC error response (JSON-RPC 2.0 §5.1). */
export function jsonRpcError(thrown: unknown): { code: number; message: string; data: ErrorReport } {
  const report = errorReport(thrown);
  const message = report.help === undefined ? report.message : `${report.message} ${report.help}`;
  return { code: edges[report.code].jsonRpc, message, data: report };
}

export function exitStatus(thrown: unknown): Edge['exit'] {
  return edges[asFairleadError(thrown).code].exit;
}

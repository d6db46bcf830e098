/** Asks the server of an entry whether the entry's way in is the one that it takes, before anything is changed. */
import { asFairleadError } from '../../shared/errors.ts';
import { containerOf } from '../containers/draft.ts';
import type { Proposal } from '../containers/import/reading.ts';
import type { ControlDeps } from './deps.ts';

export type Look =
  | (Pick<Proposal, 'draft' | 'secret' | 'print' | 'notes'> & { readonly status: 'proposed' })
  | { readonly status: 'skipped'; readonly reason: string; readonly missing: readonly string[] };

/** What a server says of a way in: the same for all entries of one print. A text: why it could not be asked. */
type Answer = Awaited<ReturnType<ControlDeps['probe']>> | string;

/** Never throws for what the server does. */
export async function ask(
  { probe }: Pick<ControlDeps, 'probe'>,
  { draft, secret }: Proposal,
): Promise<Answer> {
  try {
    const container = containerOf('imported', draft, draft.auth);
    return await (draft.auth.method === 'api_key'
      ? probe(container, { secret })
      : probe({ ...container, auth: { method: 'none' } }, {}));
  } catch (thrown) {
    const { message, help = '' } = asFairleadError(thrown);
    return `${message} ${help}`.trim();
  }
}

/** @returns what is to be added for this entry, with notes of what was seen */
export function lookAt(proposal: Proposal, report: Answer): Look {
  if (typeof report === 'string') return skipped(report);
  const { draft, secret, print, signInProblem } = proposal;
  const { auth } = draft;
  const isKey = auth.method === 'api_key';
  const as = (more: Partial<Proposal> = {}, notes: string[] = []): Look => ({
    ...{ draft, secret, print, ...more },
    status: 'proposed',
    notes,
  });
  const toSignIn = (notes?: string[]) =>
    signInProblem === undefined ? as({}, notes) : skipped(signInProblem);
  switch (report.outcome) {
    case 'mcp':
      if (isKey) return as();
      // Who has a client of their own signs in: some servers ask for that only when a tool is called.
      if ('clientId' in auth) return toSignIn();
      return as(
        {
          draft: { ...draft, auth: { method: 'none' } },
          secret: undefined,
          print: JSON.stringify([draft.url, draft.tools]),
        },
        isPlain(auth) && signInProblem === undefined
          ? []
          : ['The server asks for no sign-in, so the options of one are left out.'],
      );
    case 'auth_required':
      if (isKey) return skipped('The server does not let Fairlead in by the header of this entry alone.');
      return toSignIn();
    case 'not_mcp':
      return skipped(`The server does not answer as an MCP server. ${report.summary}`);
    case 'unreachable':
      // With a key or options of a sign-in nothing is left to be found out.
      if (isKey || !isPlain(auth)) return toSignIn([`The server could not be asked now: ${report.summary}`]);
      return skipped(
        `The server could not be asked how it is entered: ${report.summary} Import it again when it can.`,
      );
  }
}

/** Says nothing but that there may be a sign-in. */
function isPlain(auth: Proposal['draft']['auth']): boolean {
  return Object.keys(auth).every((key) => key === 'method' || key === 'grant') && auth.method === 'oauth';
}

function skipped(reason: string): Look {
  return { status: 'skipped', reason, missing: [] };
}

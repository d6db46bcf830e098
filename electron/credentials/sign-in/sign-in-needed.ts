/** The error that asks the person to sign in, with the way to do so. */
import { FairleadError } from '../../../shared/errors.ts';

/** What the person is shown. `url` is parsed and escaped, `userCode` of harmless characters: both may be displayed. */
export interface Prompt {
  readonly kind: 'browser' | 'device';
  readonly url: string;
  readonly userCode: string | undefined;
}

export class SignInNeeded extends FairleadError {
  /** Where to sign in; undefined where no sign-in is open. */
  readonly url: string | undefined;
  readonly userCode: string | undefined;

  constructor(prompt: Prompt | undefined) {
    super('sign_in_needed', 'You need to sign in to this container.', { help: helpFor(prompt) });
    this.url = prompt?.url;
    this.userCode = prompt?.userCode;
  }
}

function helpFor(prompt: Prompt | undefined): string {
  if (prompt === undefined)
    return 'Run `fairlead auth <name>`, or use one of its tools: the sign-in opens then.';
  const code = prompt.userCode === undefined ? '' : ` and enter the code ${prompt.userCode}`;
  return `Open ${prompt.url}${code}, then try again.`;
}

/** What a sign-in asks of the person: where to go, and what to enter there. */

/** `url` is parsed and escaped, `userCode` of harmless characters: both may be displayed. */
export interface Prompt {
  readonly kind: 'browser' | 'device';
  readonly url: string;
  readonly userCode: string | undefined;
}

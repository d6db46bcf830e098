/** What can stand in front of everything else: a question to the person, or word of what has just happened. */
import type { ErrorReport } from '../../shared/errors.ts';
import { ownHelp } from '../../shared/own-help.ts';

export type Prompt =
  /** Without a container: to the platform. */
  | {
      readonly kind: 'sign-in';
      readonly container?: string;
      readonly fresh?: boolean;
      /** Of the platform; absent: the last one. */
      readonly issuer?: string;
    }
  | { readonly kind: 'key'; readonly container: string }
  | { readonly kind: 'pin'; readonly container: string }
  | { readonly kind: 'consent'; readonly container: string; readonly program: string }
  | { readonly kind: 'remove'; readonly container: string }
  | { readonly kind: 'connect'; readonly container: string }
  | { readonly kind: 'palette' };

export interface Toast {
  readonly tone: 'good' | 'bad';
  readonly words: string;
  readonly help?: string | undefined;
}

export function failure({ message, help }: ErrorReport): Toast {
  return { tone: 'bad', words: message, help: ownHelp(help) };
}

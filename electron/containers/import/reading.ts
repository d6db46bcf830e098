/** What reading an entry of another bridge comes to: a container to be, or why it is left as it is. Pure. */
import type { Authentication } from '../../../shared/container.ts';
import type { ContainerDraft } from '../../../shared/control.ts';
import type { Secret } from '../../runtime/secret.ts';

export type Source = 'mcp-remote' | 'supergateway' | 'url';

/** What an entry may refer to. */
export interface Surroundings {
  /** Of the environment that the entry's own is laid over. */
  variable(name: string): string | undefined;
  /** @param path absolute. @returns undefined: it cannot be read */
  readText(path: string): string | undefined;
}

export interface Proposal {
  readonly status: 'proposed';
  readonly source: Source;
  /** Its `auth` is the way in where the server asks for one: whoever adds it looks first. */
  readonly draft: ContainerDraft & { readonly auth: Authentication };
  /** A key, or the secret of its OAuth client. */
  readonly secret: Secret | undefined;
  /** The same for what leads to the same server in the same way, with the same secret. */
  readonly print: string;
  /** Why it cannot be signed in to, should the server ask for that. */
  readonly signInProblem: string | undefined;
  readonly notes: readonly string[];
  /** Names of variables that it leaves to its surroundings, also where it has something else in their place. */
  readonly variables: readonly string[];
}

export interface Skipped {
  readonly status: 'skipped';
  readonly source: Source;
  readonly reason: string;
  /** Names of variables that would have to be set. */
  readonly missing: readonly string[];
  /** As a proposal's. */
  readonly variables: readonly string[];
}

/** `other`: it is no bridge to a remote server. */
export type EntryReading = Proposal | Skipped | { readonly status: 'other' };

/** What comes together while an entry is read. None of it quotes a value, which may be a secret. */
export interface Findings {
  readonly notes: Set<string>;
  /** Why it cannot be taken over; with any, it is not. */
  readonly reasons: Set<string>;
  /** The same where the server asks for a sign-in. */
  readonly signInReasons: Set<string>;
  readonly missing: Set<string>;
  /** Names of variables that the surroundings were asked for, whatever came of it. */
  readonly asked: Set<string>;
}

export function noFindings(): Findings {
  return {
    notes: new Set(),
    reasons: new Set(),
    signInReasons: new Set(),
    missing: new Set(),
    asked: new Set(),
  };
}

/** How a server is signed in to, as far as an entry says so. */
export interface SignIn {
  readonly method: 'oauth' | 'client_credentials';
  readonly grant?: 'code' | 'device';
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly scope?: string | undefined;
  readonly resource?: string | undefined;
  readonly callbackPort?: number | undefined;
  readonly authorizationUrl?: string | undefined;
  readonly tokenUrl?: string | undefined;
}

/** What any of the sources says. */
export interface Found {
  readonly source: Source;
  readonly url: string;
  readonly transport: 'auto' | 'http' | 'sse';
  /** With values as they are sent. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly signIn: SignIn;
  /** Globs, for which upper and lower case are one. */
  readonly deniedTools?: readonly string[];
  readonly timeoutSeconds?: number | undefined;
}

/** Who can sign in at a container that is its own authorization server. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { FairleadError } from '../../../shared/errors.ts';
import type { UserSettings } from './config.ts';

export interface Person {
  readonly id: string;
  /** Checked, by us or by who says so. */
  readonly verifiedEmail: string | undefined;
}

export interface People {
  byId(id: string): Person | undefined;
  /** Those who sign in elsewhere are known from then on. */
  remember(person: Person): void;
}

const mostRemembered = 10_000;

export function createPeople(known: readonly Person[] = []): People {
  const people = new Map(known.map((person) => [person.id, person]));
  return {
    byId: (id) => people.get(id),
    remember(person) {
      people.delete(person.id);
      people.set(person.id, person);
      const [oldest] = people.keys();
      if (people.size > mostRemembered && oldest !== undefined) people.delete(oldest);
    },
  };
}

export interface Passwords {
  readonly people: readonly Person[];
  /** @returns whose they are */
  match(email: string, password: string): Person | undefined;
}

/** Throws `config_invalid` where the environment lacks a password. */
export function readPasswords(users: readonly UserSettings[], env: NodeJS.ProcessEnv): Passwords {
  const key = randomBytes(32);
  // Of one length, so that they compare in constant time whatever is typed.
  const digest = (password: string) => createHmac('sha256', key).update(password.normalize('NFKC')).digest();
  const known = new Map(
    users.map(({ email, password_env: name }) => [
      email,
      { person: { id: `own:${email}`, verifiedEmail: email }, digest: digest(secretOf(name, env)) },
    ]),
  );
  const nobody = digest(randomBytes(32).toString('hex'));
  return {
    people: [...known.values()].map(({ person }) => person),
    match(email, password) {
      const found = known.get(email.trim().toLowerCase());
      const matches = timingSafeEqual(found?.digest ?? nobody, digest(password));
      return matches ? found?.person : undefined;
    },
  };
}

/** Throws `config_invalid`. */
export function secretOf(variable: string, env: NodeJS.ProcessEnv): string {
  const secret = env[variable] ?? '';
  if (secret !== '') return secret;
  throw new FairleadError('config_invalid', 'The environment lacks a secret that config.yaml names.', {
    help: 'Set the variables of password_env and client_secret_env.',
  });
}

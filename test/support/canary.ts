/** Searches everything that programs of a profile leave or show for secrets that must be nowhere. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { processesOf } from './processes.ts';

export interface Canary {
  /** Notes what a program has printed, or answered. */
  hear(name: string, text: string): void;
  /** Ends the watch over the processes. @returns where a secret was seen: files, processes, texts */
  sightings(): string[];
}

/**
 * Watches the processes of a profile from now on, short-lived ones too.
 * @param secrets those of a set are looked for as it is in the end: an issuer makes them up on the way
 * @param home the profile's FAIRLEAD_HOME
 * @param besides other folders that programs could write to
 */
export function plantCanary(
  secrets: string | ReadonlySet<string>,
  home: string,
  besides: readonly string[] = [],
): Canary {
  /** What was seen, and where. */
  const texts = new Map<string, Set<string>>();
  const hear = (name: string, text: string) => {
    const places = texts.get(text) ?? new Set();
    texts.set(text, places.add(name));
  };
  const look = () => {
    for (const { cmdline, environ } of processesOf(home)) {
      const [, file = '', word = ''] = cmdline.split('\0');
      const program = `${basename(file)} ${word}`;
      hear(`arguments of ${program}`, cmdline);
      hear(`environment of ${program}`, environ);
    }
  };
  const timer = setInterval(look, 25);
  return {
    hear,
    sightings() {
      clearInterval(timer);
      look();
      for (const file of [home, ...besides].flatMap(filesIn)) hear(file, readFileSync(file, 'latin1'));
      const disguises = [...(typeof secrets === 'string' ? [secrets] : secrets)].flatMap(disguisesOf);
      const telling = [...texts].filter(([text]) => disguises.some((each) => text.includes(each)));
      return [...new Set(telling.flatMap(([, places]) => [...places]))];
    },
  };
}

function disguisesOf(secret: string): string[] {
  return [secret, Buffer.from(secret).toString('base64').replace(/=+$/, ''), encodeURIComponent(secret)];
}

export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

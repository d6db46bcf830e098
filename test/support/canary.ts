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
      for (const file of [home, ...besides].flatMap(filesIn)) hear(file, textIn(file));
      const disguises = [...(typeof secrets === 'string' ? [secrets] : secrets)].flatMap(disguisesOf);
      const telling = [...texts].filter(([text]) => disguises.some((each) => text.includes(each)));
      return [...new Set(telling.flatMap(([, places]) => [...places]))];
    },
  };
}

function disguisesOf(secret: string): string[] {
  return [secret, Buffer.from(secret).toString('base64').replace(/=+$/, ''), encodeURIComponent(secret)];
}

/** With those of its folders, while programs may be writing there. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return unlessGone(() => filesIn(path)) ?? [];
    return entry.isFile() ? [path] : [];
  });
}

/** Byte by byte; '' for one that is gone by now, as a claim is after a moment. */
export function textIn(file: string): string {
  return unlessGone(() => readFileSync(file, 'latin1')) ?? '';
}

function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
    return undefined;
  }
}

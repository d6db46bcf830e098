/** Searches everything that programs of a profile leave or show for a secret that must be nowhere. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { processesOf } from './processes.ts';

export interface Canary {
  /** Notes what a program has printed, or answered. */
  hear(name: string, text: string): void;
  /** Ends the watch over the processes. @returns where the secret was seen: files, processes, texts */
  sightings(): string[];
}

/** Watches the processes of a profile from now on, short-lived ones too. @param home the profile's FAIRLEAD_HOME */
export function plantCanary(secret: string, home: string): Canary {
  const disguises = [
    secret,
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    encodeURIComponent(secret),
  ];
  const shows = (text: string) => disguises.some((each) => text.includes(each));
  const seen = new Set<string>();
  const look = () => {
    for (const { cmdline, environ } of processesOf(home)) {
      const program = cmdline.split('\0').slice(1, 3).join(' ').replace(/^.*\//, '');
      if (shows(cmdline)) seen.add(`arguments of ${program}`);
      if (shows(environ)) seen.add(`environment of ${program}`);
    }
  };
  const timer = setInterval(look, 25);
  return {
    hear(name, text) {
      if (shows(text)) seen.add(name);
    },
    sightings() {
      clearInterval(timer);
      look();
      for (const file of filesIn(home)) if (shows(readFileSync(file, 'latin1'))) seen.add(file);
      return [...seen];
    },
  };
}

export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

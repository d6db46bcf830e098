/** Beside the path: which containers are configured, by name, as `config.json` says at this moment. */
import { statSync } from 'node:fs';
import type { Container } from '../../shared/container.ts';
import { FairleadError } from '../../shared/errors.ts';
import type { PlatformSetting } from '../../shared/platform.ts';
import type { ProfilePaths } from '../runtime/paths.ts';
import { createConfigFile, type ConfigFile } from './config-file.ts';

/** Every method but `onChange` throws config_invalid while the file is not valid; it works again once it is mended. */
export interface Registry {
  list(): readonly Container[];
  get(name: string): Container | undefined;
  /** The container of that name. Throws container_unknown. */
  named(name: string): Container;
  /** Throws container_exists. */
  add(container: Container): void;
  /** Puts it in the place of the one of its name. Throws container_unknown. */
  replace(container: Container): void;
  /** Takes it out and gives it back. Throws container_unknown. */
  remove(name: string): Container;
  /** The platform that was signed in to last. */
  platform(): PlatformSetting | undefined;
  rememberPlatform(setting: PlatformSetting): void;
  /** Called after each change, also one made by hand (noticed at the next read). Returns the function that ends it. */
  onChange(listener: () => void): () => void;
}

export function createRegistry(options: { paths: ProfilePaths }): Registry {
  const path = options.paths.config;
  const file = createConfigFile(path);
  const listeners = new Set<() => void>();
  let known: { readonly state: string; readonly config: ReturnType<ConfigFile['read']> } | undefined;

  const tell = () => {
    for (const listener of [...listeners]) listener();
  };

  const readConfig = () => {
    const state = stateOf(path);
    if (known?.state === state) return known.config;
    const first = known === undefined;
    known = { state, config: file.read() };
    if (!first) tell();
    return known.config;
  };
  const read = () => readConfig().containers;

  const written = () => {
    known = { state: stateOf(path), config: file.read() };
    tell();
  };
  const write = (name: string, value: Container | undefined) => {
    file.write(name, value);
    written();
  };

  const named = (name: string): Container => {
    const found = read().get(name);
    if (found !== undefined) return found;
    throw new FairleadError('container_unknown', `There is no container named "${printable(name)}".`, {
      help: 'See `fairlead list`, or add it with `fairlead add <name> <url>`.',
    });
  };

  return {
    list: () => [...read().values()],
    get: (name) => read().get(name),
    named,
    add(container) {
      if (read().has(container.name)) {
        throw new FairleadError(
          'container_exists',
          `There already is a container named "${container.name}".`,
          {
            help: `Choose another name, or run \`fairlead remove ${container.name}\` first.`,
          },
        );
      }
      write(container.name, container);
    },
    replace(container) {
      named(container.name);
      write(container.name, container);
    },
    remove(name) {
      const found = named(name);
      write(name, undefined);
      return found;
    },
    platform: () => readConfig().platform,
    rememberPlatform(setting) {
      file.writePlatform(setting);
      written();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** Differs whenever the file was written or replaced. */
function stateOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? 'none' : `${String(stat.ino)}:${String(stat.mtimeNs)}:${String(stat.size)}`;
}

/** A name that was asked for may be anything, and this goes to terminals. */
function printable(name: string): string {
  return name.replace(/[^\w .:-]/g, '?').slice(0, 64);
}

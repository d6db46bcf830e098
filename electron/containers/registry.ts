/** Beside the path: which containers there are, by name: those in `config.json` at this moment, and the platform account's. */
import { statSync } from 'node:fs';
import type { Container } from '../../shared/container.ts';
import { FairleadError } from '../../shared/errors.ts';
import type { PlatformSetting } from '../../shared/platform.ts';
import { noPolicy, type Pause, type Policy } from '../../shared/policy.ts';
import type { NetworkSettings } from '../../shared/settings.ts';
import { createListeners } from '../runtime/listeners.ts';
import type { ProfilePaths } from '../runtime/paths.ts';
import { createConfigFile, type ConfigFile } from './config-file.ts';
import { platformContainers, type PlatformRows } from './platform-containers.ts';
import { nameTaken } from './taken-name.ts';

/** Every method but `onChange` throws config_invalid while the file is not valid; it works again once it is mended. */
export interface Registry {
  list(): readonly Container[];
  get(name: string): Container | undefined;
  /** The container of that name. Throws container_unknown. */
  named(name: string): Container;
  /** Throws container_exists. */
  add(container: Container): void;
  /** Puts it in the place of the one of its name. Throws container_unknown, and usage for one of the platform's. */
  replace(container: Container): void;
  /** Takes it out and gives it back. Throws container_unknown, and usage for one of the platform's. */
  remove(name: string): Container;
  /** What its clients may have of it. */
  policyOf(container: Container): Policy;
  /** In place of the one before. Undefined: forget it. */
  setPolicy(container: Container, policy: Policy | undefined): void;
  /** That nothing is to be asked of any container; it may be over by now. */
  paused(): Pause | undefined;
  setPaused(pause: Pause | undefined): void;
  network(): NetworkSettings;
  setNetwork(settings: NetworkSettings): void;
  /** The platform account's containers, in place of those before. Never throws. */
  showPlatform(rows: PlatformRows | undefined): void;
  /** The platform that was signed in to last. */
  platform(): PlatformSetting | undefined;
  rememberPlatform(setting: PlatformSetting): void;
  /** Called after each change, also one made by hand (noticed at the next read). Returns the function that ends it. */
  onChange(listener: () => void): () => void;
}

export function createRegistry(options: { paths: ProfilePaths }): Registry {
  const path = options.paths.config;
  const file = createConfigFile(path);
  const listeners = createListeners();
  let known: { readonly state: string; readonly config: ReturnType<ConfigFile['read']> } | undefined;
  let isNew = true;
  let account: PlatformRows | undefined;
  let merged: { readonly of: readonly unknown[]; readonly all: ReadonlyMap<string, Container> } | undefined;

  const readConfig = () => {
    const state = stateOf(path);
    if (known?.state === state) return known.config;
    const isFirst = isNew;
    // Also where it is not valid: what it says once it is mended is news.
    isNew = false;
    known = { state, config: file.read() };
    if (!isFirst) listeners.tell();
    return known.config;
  };
  /** The person's own first. */
  const read = (): ReadonlyMap<string, Container> => {
    const { containers } = readConfig();
    if (account === undefined) return containers;
    if (merged?.of[0] !== containers || merged.of[1] !== account) {
      const added = platformContainers(account, new Set(containers.keys()));
      merged = {
        of: [containers, account],
        all: new Map([...containers, ...added.map((each) => [each.name, each] as const)]),
      };
    }
    return merged.all;
  };

  const written = () => {
    known = { state: stateOf(path), config: file.read() };
    listeners.tell();
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

  const own = (name: string): Container => {
    const found = named(name);
    if (found.platform !== undefined) throw atThePlatform(name);
    return found;
  };

  return {
    list: () => [...read().values()],
    get: (name) => read().get(name),
    named,
    add(container) {
      const other = read().get(container.name);
      if (other !== undefined) throw nameTaken(other);
      write(container.name, container);
    },
    replace(container) {
      own(container.name);
      write(container.name, container);
    },
    remove(name) {
      const found = own(name);
      write(name, undefined);
      return found;
    },
    policyOf: (container) => readConfig().policies.get(policyKey(container)) ?? noPolicy,
    setPolicy(container, policy) {
      const key = policyKey(container);
      if (policy === undefined && !readConfig().policies.has(key)) return;
      file.writePolicy(key, policy);
      written();
    },
    paused: () => readConfig().paused,
    setPaused(pause) {
      file.writePause(pause);
      written();
    },
    network: () => readConfig().network,
    setNetwork(settings) {
      file.writeNetwork(settings);
      written();
    },
    showPlatform(rows) {
      if (account === rows) return;
      account = rows;
      listeners.tell();
    },
    platform: () => readConfig().platform,
    rememberPlatform(setting) {
      file.writePlatform(setting);
      written();
    },
    onChange: listeners.add,
  };
}

/** Under which a container's policy is kept: one of the platform account's has it also when it is renamed. */
export function policyKey({ name, platform }: Container): string {
  // No name has a colon.
  return platform === undefined ? name : `platform:${platform.id}`;
}

function atThePlatform(name: string): FairleadError {
  return new FairleadError('usage', `The container "${name}" is your platform account's.`, {
    help: `Rename it with \`fairlead platform rename ${name} <new>\`, or remove it there with \`fairlead platform remove ${name}\`.`,
  });
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

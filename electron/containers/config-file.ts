/** Reads and writes `config.json`, where the containers are kept: checked whole, never reset, unknown members kept. */
import { mkdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import Conf from 'conf';
import { z } from 'zod';
import { container, containerName, type Container } from '../../shared/container.ts';
import { FairleadError } from '../../shared/errors.ts';
import { platformSetting, type PlatformSetting } from '../../shared/platform.ts';
import { pause, policy, type Pause, type Policy } from '../../shared/policy.ts';
import { networkSettings, type NetworkSettings } from '../../shared/settings.ts';
import { readAddress } from './address.ts';
import { tlsProblem } from './draft.ts';

type Members = Record<string, unknown>;

/** Members it does not know are another version's: ignored when read, there again when written. */
const entry = container
  .omit({ name: true, platform: true })
  .strip()
  .superRefine((value, context) => {
    const address = readAddress(value.url);
    if (address.status === 'refused')
      context.addIssue({ code: 'custom', path: ['url'], message: address.problem });
    const problem = tlsProblem(value.tls);
    if (problem !== undefined) context.addIssue({ code: 'custom', path: ['tls'], message: problem });
  });
const config = z.object({
  containers: z.record(containerName, entry).default({}),
  platform: platformSetting.optional(),
  policies: z.record(z.string(), policy).default({}),
  paused: pause.optional(),
  network: networkSettings.default({}),
});
type Config = z.output<typeof config>;
/** What a policy does not say any more is to go. */
const nothing = Object.fromEntries(Object.keys(policy.shape).map((name) => [name, undefined]));

export interface ConfigFile {
  /** All containers, in the file's order, the platform, the policies, the pause and the network. None when there is no file. Throws config_invalid. */
  read(): {
    readonly containers: ReadonlyMap<string, Container>;
    readonly platform: PlatformSetting | undefined;
    readonly policies: ReadonlyMap<string, Policy>;
    readonly paused: Pause | undefined;
    readonly network: NetworkSettings;
  };
  /** Puts a container in (or, undefined, takes it out) and leaves the rest as it is. Throws config_invalid. */
  write(name: string, value: Container | undefined): void;
  /** Throws config_invalid. */
  writePlatform(value: PlatformSetting): void;
  /** Undefined: there is none any more. Throws config_invalid. */
  writePolicy(key: string, value: Policy | undefined): void;
  /** Throws config_invalid. */
  writePause(value: Pause | undefined): void;
  /** Throws config_invalid. */
  writeNetwork(value: NetworkSettings): void;
}

/** @param path absolute; its folder is made for this user alone when it is not there */
export function createConfigFile(path: string): ConfigFile {
  const open = (): Conf<Members> => {
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      return new Conf<Members>({
        cwd: dirname(path),
        configName: basename(path, '.json'),
        configFileMode: 0o600,
        accessPropertiesByDotNotation: false,
        deserialize: parseMembers,
      });
    } catch (thrown) {
      throw unreadable(path, thrown);
    }
  };

  const checked = (store: Members): Config => {
    const parsed = config.safeParse(store);
    if (!parsed.success) throw invalid(path, parsed.error);
    return parsed.data;
  };

  const change = (changed: (store: Members) => Members) => {
    const conf = open();
    const store = conf.store;
    checked(store);
    try {
      conf.store = { ...store, ...changed(store) };
    } catch (thrown) {
      throw new FairleadError('config_invalid', `Could not write ${path}.`, {
        help: 'Check that its folder is yours to write in and that the disk is not full.',
        cause: thrown,
      });
    }
  };

  const writeEntry = (member: 'containers' | 'policies', name: string, value: object | undefined) =>
    change((store) => {
      const entries = { ...(store[member] as Members | undefined) };
      if (value === undefined) Reflect.deleteProperty(entries, name);
      else entries[name] = { ...(entries[name] as Members | undefined), ...value, name: undefined };
      return { [member]: entries };
    });

  return {
    read() {
      const { containers, policies, ...rest } = checked(open().store);
      const named = Object.entries(containers).map(([name, value]) => [name, { name, ...value }] as const);
      const { platform, paused, network } = rest;
      return {
        containers: new Map(named),
        policies: new Map(Object.entries(policies)),
        ...{ platform, paused, network },
      };
    },
    write: (name, value) => writeEntry('containers', name, value),
    writePolicy: (key, value) => writeEntry('policies', key, value && { ...nothing, ...value }),
    writePause: (paused) => change(() => ({ paused })),
    writeNetwork: (network) => change(() => ({ network })),
    writePlatform: (value) =>
      change((store) => ({
        platform: { ...(store['platform'] as Members | undefined), email: undefined, ...value },
      })),
  };
}

/** Conf itself takes any JSON for an object, and would write one over it. */
function parseMembers(text: string): Members {
  const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new SyntaxError('not an object');
  return value as Members;
}

function unreadable(path: string, thrown: unknown): FairleadError {
  // A JSON.parse message quotes the text around the mistake; the person opens the file for that.
  const what = thrown instanceof SyntaxError ? `${path} is not a JSON object.` : `Could not read ${path}.`;
  return new FairleadError('config_invalid', what, {
    help: 'Mend the file by hand, or move it away to start anew. Fairlead has not changed it.',
    cause: thrown,
  });
}

function invalid(path: string, error: z.ZodError): FairleadError {
  const issue = error.issues[0];
  const place = issue?.path.map(String).join('.') ?? '';
  return new FairleadError('config_invalid', `${path} is not valid at ${place}: ${issue?.message ?? ''}`, {
    help: 'Mend it by hand. Fairlead has not changed it.',
    cause: error,
  });
}

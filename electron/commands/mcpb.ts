/** An `.mcpb` (MCP Bundle, github.com/modelcontextprotocol/mcpb): an endpoint, and how a client starts it for one container. */
import { unzipSync, zipSync, type Zippable } from 'fflate';
import { z } from 'zod';
import { version } from '../runtime/version.ts';
import type { EndpointEntry } from '../clients/known/known-client.ts';

export interface BundleParts {
  /** Of the container. */
  readonly name: string;
  /** What other clients get for it. */
  readonly entry: EndpointEntry;
  /** Where the built programs lie: the core. */
  readonly programFolder: string;
  /** The built endpoint's file. */
  readonly endpoint: Uint8Array;
}

const endpointFile = 'server/stdio.cjs';
/** The same bytes for the same parts, whenever and wherever: the earliest time that a zip can hold, which has no time zone. */
const attributes = { mtime: new Date(1980, 0, 1), os: 3, attrs: 0o644 << 16, level: 9 } as const;

/** @returns the bundle's bytes, which hold no secret */
export function makeBundle(parts: BundleParts): Uint8Array {
  const manifest = `${JSON.stringify(manifestOf(parts), undefined, 2)}\n`;
  const files: Zippable = {
    'manifest.json': [new TextEncoder().encode(manifest), attributes],
    [endpointFile]: [parts.endpoint, attributes],
  };
  return zipSync(files);
}

/** Manifest 0.4. The client's own Node runs the endpoint, and could not run the core: that is told what does (docs/adr/0011). */
function manifestOf({ name, entry, programFolder }: BundleParts): object {
  return {
    manifest_version: '0.4',
    name: `fairlead-${name}`,
    display_name: name,
    version,
    description: `The container ${name}, by way of Fairlead on this machine.`,
    long_description:
      `Fairlead reaches ${name} with the sign-in and the rules that it has here. This bundle holds none of them: it is for ` +
      'the machine and the user that it was made for.',
    author: { name: 'Fairlead' },
    license: 'MIT',
    server: {
      type: 'node',
      entry_point: endpointFile,
      mcp_config: {
        command: 'node',
        args: [`\${__dirname}/${endpointFile}`, 'stdio', name],
        env: { FAIRLEAD_RUNTIME: entry.command, FAIRLEAD_PROGRAMS: programFolder, ...entry.env },
      },
    },
    tools_generated: true,
    prompts_generated: true,
    compatibility: { ...platformHere(), runtimes: { node: '>=20.19.0' } },
    _meta: { fairlead: { container: name } },
  };
}

/** Its paths are this system's. */
function platformHere(): { platforms?: readonly string[] } {
  const { platform } = process;
  return ['darwin', 'win32', 'linux'].includes(platform) ? { platforms: [platform] } : {};
}

const ours = z.object({ _meta: z.object({ fairlead: z.object({ container: z.string() }) }) });
const maxManifestBytes = 1024 * 1024;

/** Whether the bytes are a bundle that was made here; those of any other file are not. */
export function isOurBundle(bytes: Uint8Array): boolean {
  try {
    const { 'manifest.json': manifest } = unzipSync(bytes, {
      filter: ({ name, originalSize }) => name === 'manifest.json' && originalSize <= maxManifestBytes,
    });
    return ours.safeParse(JSON.parse(new TextDecoder().decode(manifest))).success;
  } catch {
    return false;
  }
}

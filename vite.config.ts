import { builtinModules } from 'node:module';
import { defineConfig } from 'vitest/config';
import type { EnvironmentOptions } from 'vite';
import manifest from './package.json' with { type: 'json' };

const builtins = [...builtinModules, ...builtinModules.map((name) => `node:${name}`)];

/** A program for plain Node: one file in `dist/`, with only its native parts and `extra` left outside. */
function program(entry: string, file: string, extra: (string | RegExp)[] = []): EnvironmentOptions {
  return {
    consumer: 'server',
    resolve: { noExternal: true, external: ['@github/keytar'] },
    build: {
      target: 'node20',
      outDir: 'dist',
      emptyOutDir: false,
      minify: false,
      sourcemap: false,
      rolldownOptions: {
        input: entry,
        external: [...builtins, '@github/keytar', ...extra],
        output: {
          entryFileNames: file,
          format: file.endsWith('.cjs') ? 'cjs' : 'esm',
          codeSplitting: false,
        },
      },
    },
  };
}

export default defineConfig({
  define: { FAIRLEAD_VERSION: JSON.stringify(manifest.version) },
  builder: {},
  environments: {
    stdio: program('electron/stdio.ts', 'stdio.cjs'),
    core: program('electron/core.ts', 'core.js'),
    cli: program('electron/cli.ts', 'cli.js'),
    container: program('demo/container/main.ts', 'container.js'),
    platform: program('demo/platform/main.ts', 'platform.js', ['oidc-provider']),
  },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/support/closing-line.ts'],
  },
});

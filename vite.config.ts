import { builtinModules } from 'node:module';
import { defineConfig } from 'vitest/config';
import react from '@vitejs/plugin-react';
import tailwind from '@tailwindcss/vite';
import { chmodSync } from 'node:fs';
import type { EnvironmentOptions, Plugin } from 'vite';
import { readEmptyDatabase } from './demo/database/empty.ts';
import { postgresPrograms } from './test/support/postgres-programs.ts';
import manifest from './package.json' with { type: 'json' };

const builtins = [...builtinModules, ...builtinModules.map((name) => `node:${name}`)];

/**
 * A program for plain Node: one file in `dist/`, with only its native parts left outside.
 * @param parts.late names the files for what the program imports dynamically and often does not need
 * @param parts.outside packages that stay in node_modules
 */
function program(
  entry: string,
  file: string,
  parts: { late?: string; outside?: string[] } = {},
): EnvironmentOptions {
  const { late, outside = [] } = parts;
  const external = ['@github/keytar', ...outside];
  return {
    consumer: 'server',
    resolve: { noExternal: true, external },
    build: {
      target: 'node20',
      outDir: 'dist',
      emptyOutDir: false,
      minify: false,
      sourcemap: false,
      rolldownOptions: {
        input: entry,
        external: [...builtins, ...external],
        output: {
          entryFileNames: file,
          format: file.endsWith('.cjs') ? 'cjs' : 'esm',
          codeSplitting: late !== undefined,
          ...(late !== undefined && { chunkFileNames: late }),
        },
      },
    },
  };
}

/** Programs that people start by their name carry a `#!` line, and need to be executable for it. */
const executable: Plugin = {
  name: 'executable',
  writeBundle({ dir = 'dist' }, bundle) {
    for (const output of Object.values(bundle)) {
      if (output.type === 'chunk' && output.code.startsWith('#!'))
        chmodSync(`${dir}/${output.fileName}`, 0o755);
    }
  },
};

/** The window's page. Its files are asked for from the root of a scheme of ours, which shows this folder alone. */
const window: EnvironmentOptions = {
  consumer: 'client',
  build: {
    target: 'chrome140',
    outDir: 'dist/renderer',
    emptyOutDir: true,
    // Its Content-Security-Policy lets nothing in that is written into another file.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: 'renderer/index.html' },
  },
};

/** Vite lays a page where its source lies, below the folder of the output. */
const pageAtRoot: Plugin = {
  name: 'page-at-root',
  applyToEnvironment: ({ name }) => name === 'renderer',
  generateBundle: {
    order: 'post',
    handler(_options, bundle) {
      for (const output of Object.values(bundle)) {
        if (output.fileName.endsWith('/index.html')) output.fileName = 'index.html';
      }
    },
  },
};

const hasPostgres = postgresPrograms() !== undefined;

/** They load files of their own, or what they can do without. */
const ownFiles = ['oidc-provider', '@electric-sql/pglite', 'pg'];

export default defineConfig({
  plugins: [react(), tailwind(), executable, pageAtRoot],
  define: { FAIRLEAD_VERSION: JSON.stringify(manifest.version) },
  builder: {
    // Vite adds an environment `client`, for pages; ours has one of its own.
    async buildApp(builder) {
      const programs = Object.values(builder.environments).filter(({ name }) => name !== 'client');
      for (const environment of programs) await builder.build(environment);
      // Many of them start at once: none should have to make it then.
      const { PGlite } = await import('@electric-sql/pglite');
      await readEmptyDatabase(PGlite);
    },
  },
  environments: {
    renderer: window,
    stdio: program('electron/stdio.ts', 'stdio.cjs'),
    core: program('electron/core.ts', 'core.js', { late: 'core-[name].js' }),
    cli: program('electron/cli.ts', 'cli.js', { late: 'cli-[name].js' }),
    main: program('electron/main.ts', 'main.js', { late: 'main-[name].js', outside: ['electron'] }),
    // In a sandbox there is no other file to load, and no module but this one.
    preload: program('electron/desktop/preload.ts', 'preload.cjs', { outside: ['electron'] }),
    container: program('demo/container/main.ts', 'container.js', {
      late: 'container-[name].js',
      outside: ownFiles,
    }),
    demo: program('demo/main.ts', 'demo.js'),
    browser: program('demo/scripted-browser.mjs', 'scripted-browser.js'),
    platform: program('demo/platform/main.ts', 'platform.js', { outside: ownFiles }),
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'all',
          include: ['test/**/*.test.ts'],
          ...(hasPostgres && { globalSetup: ['test/support/postgres.ts'] }),
        },
      },
      // What the platform keeps, once more on the embedded database. Where there is no server, it has been tried on that.
      ...(hasPostgres
        ? [
            {
              extends: true as const,
              test: {
                name: 'embedded',
                include: [
                  'test/demo/platform/{accounts,containers,oidc-records,refresh,restart}.test.ts',
                  'test/demo/platform/{api,database}/**/*.test.ts',
                ],
              },
            },
          ]
        : []),
    ],
    // Node would read it at the start of each of the many programs, 0.1 s for a usual bundle; all servers are on this machine.
    env: { NODE_EXTRA_CA_CERTS: '' },
    // Machines that others use too are at times many times slower.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
    // Most of them wait for other processes; by its own count vitest would run one file at a time on two cores.
    maxWorkers: 4,
    // To load everything anew takes a second for each file. What they change of the process they put back.
    isolate: false,
    setupFiles: ['test/support/after-each-file.ts'],
    unstubEnvs: true,
    restoreMocks: true,
    reporters: ['default', './test/support/closing-line.ts'],
  },
});

/** Where PostgreSQL's programs are on this machine: Debian does not put them on the PATH. */
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** @returns the folder of `initdb` and `postgres`, if there is one */
export function postgresPrograms(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian)
    ? readdirSync(debian).sort((one, other) => Number(other) - Number(one))
    : [];
  return [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ].find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

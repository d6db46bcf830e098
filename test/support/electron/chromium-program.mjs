// Where the system's Chromium is.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export function chromiumProgram() {
  const found = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) =>
      ['chromium', 'chromium-browser', 'google-chrome'].map((program) => join(folder, program)),
    )
    .find((program) => existsSync(program));
  if (found === undefined)
    throw new Error('There is no Chromium: install it, on Debian the package chromium.');
  return found;
}

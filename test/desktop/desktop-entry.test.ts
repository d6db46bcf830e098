import { expect, test } from 'vitest';
import { desktopEntry } from '../../electron/desktop/desktop-entry.ts';

test('starts the program with its arguments, whatever is in their names', () => {
  const exec = /^Exec=(.*)$/m.exec(desktopEntry(['/opt/Fair lead/app', '--hidden', '100%', 'a"$b\\c`']))?.[1];
  // The examples of the specification: `\\$` for a dollar sign, four backslashes for one.
  expect(exec).toBe('"/opt/Fair lead/app" "--hidden" "100%%" "a\\\\"\\\\$b\\\\\\\\c\\\\`"');
});

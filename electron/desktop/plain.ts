/** Text of others where the system draws it: in menus, notifications and dialogs. */

const longest = 60;

/** One line without what turns its direction or hides in it, and not too long. */
export function plain(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  const characters = Array.from(line);
  return characters.length <= longest ? line : `${characters.slice(0, longest - 1).join('')}…`;
}

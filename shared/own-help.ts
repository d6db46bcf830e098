/** Help that names a command is for a terminal; the window and the tray have buttons. @returns undefined in its place */
export function ownHelp(help: string | undefined): string | undefined {
  return help?.includes('`') === true || help?.includes(' --') === true ? undefined : help;
}

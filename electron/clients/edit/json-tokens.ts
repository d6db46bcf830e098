/** The tokens of jsonc-parser that are looked for: its own enumeration is erased from what it publishes. */
export const commaToken: number = 5;
export const lineComment: number = 12;
export const blockComment: number = 13;
export const blanks: number = 15;
export const endOfText: number = 17;

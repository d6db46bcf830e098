/** What was read, or what was read last while the file it stands in is being mended. */
export function unlessInvalid<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

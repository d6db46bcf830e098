/** A name for a container that comes from an entry, where the entry's own is taken or is none that a container can have. */

const longest = 63;

/** @param isTaken asked for each name that could be */
export function freeName(entry: string, isTaken: (name: string) => boolean): string {
  const plain = entry
    .replace(/[^a-z0-9._-]+/gi, '-')
    .replace(/^[^a-z0-9]+/i, '')
    .replace(/-+$/, '')
    .slice(0, longest);
  const base = plain === '' ? 'imported' : plain;
  for (let count = 1; ; count += 1) {
    const ending = count === 1 ? '' : `-${count}`;
    const name = base.slice(0, longest - ending.length) + ending;
    if (!isTaken(name)) return name;
  }
}

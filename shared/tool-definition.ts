/** What a tool says of itself that a model goes by, in one form: whoever changes that has changed the tool. Pure. */

const members = ['name', 'title', 'description', 'inputSchema', 'outputSchema', 'annotations'] as const;

/** @param json of a tool, as listed @returns its definition as JSON: equal for equal ones, however they are written */
export function definitionOf(json: string): string {
  try {
    const tool = JSON.parse(json) as Readonly<Record<string, unknown>>;
    const told = Object.fromEntries(members.flatMap((name) => (name in tool ? [[name, tool[name]]] : [])));
    return JSON.stringify(told, (_key, value: unknown) => sorted(value));
  } catch {
    // Nested too deeply for that: it is its own text.
    return json;
  }
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

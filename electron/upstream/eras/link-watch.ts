/** Who waits to hear that what was to be done behind a link is done (MCP 2025-11-25, `notifications/elicitation/complete`). */
export interface LinkWatch {
  /** @param id an `elicitationId` */
  dealtWith(id: string): void;
  /** Watches links until `stop`. `all` resolves when each was dealt with; it never rejects. */
  watch(ids: Iterable<string>): { readonly all: Promise<unknown>; stop(): void };
}

export function createLinkWatch(): LinkWatch {
  const waiting = new Map<string, () => void>();
  return {
    dealtWith: (id) => waiting.get(id)?.(),
    watch(ids) {
      const watched = [...ids];
      const each = watched.map((id) => new Promise<void>((resolve) => waiting.set(id, resolve)));
      return {
        all: Promise.all(each),
        stop: () => watched.forEach((id) => waiting.delete(id)),
      };
    },
  };
}

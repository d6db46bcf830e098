/** Where the platform keeps all it knows: Postgres, embedded in this process or a server of its own. */

export interface Queries {
  /**
   * One statement; values only ever as `params` ($1, $2, …), and JSON among them as its text.
   * @returns its rows, in the shape that the statement's author says they have
   */
  query<R extends object>(statement: string, params?: readonly unknown[]): Promise<readonly R[]>;
}

export interface Database extends Queries {
  /** All of the work, or, where it throws, nothing. */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
  /** Idempotent. */
  close(): Promise<void>;
}

/** What the demo asks of Postgres, be it embedded or a server. */

export interface Queries {
  /** @param sql with $1, $2 … for `values`: no value is ever written into it */
  query<Row>(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
}

export interface Database extends Queries {
  /** All of `work` happens, or none of it: it is taken back when `work` throws. */
  transaction<Result>(work: (within: Queries) => Promise<Result>): Promise<Result>;
  /** Idempotent. */
  close(): Promise<void>;
}

/** Where the platform keeps what it issued. In memory for now; a database takes this interface's place later. */

export interface StoredRecord {
  /** What it is, in oidc-provider's words: Session, Grant, RefreshToken, … */
  readonly kind: string;
  readonly id: string;
  /** Plain JSON. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** Removed together with the grant. */
  readonly grantId?: string | undefined;
  /** Other names it is found by, each unique for its kind. */
  readonly uid?: string | undefined;
  readonly userCode?: string | undefined;
  /** Milliseconds since 1970; left out, it stays until it is removed. */
  readonly expiresAtMs?: number | undefined;
}

export type RecordName = 'uid' | 'userCode';

export interface Store {
  /** Makes the record or takes the place of the one with its kind and id. */
  write(record: StoredRecord): Promise<void>;
  /** Nothing once it has expired. */
  read(kind: string, id: string): Promise<StoredRecord | undefined>;
  readBy(kind: string, name: RecordName, value: string): Promise<StoredRecord | undefined>;
  /**
   * Marks it as used: `payload.consumed`, in seconds since 1970. In one step, as two users of one refresh token must
   * not both be the first.
   * @returns whether this call was the first
   */
  consume(kind: string, id: string): Promise<boolean>;
  remove(kind: string, id: string): Promise<void>;
  /** Every record of this kind that came of the grant. */
  removeGrant(kind: string, grantId: string): Promise<void>;
}

/** The tables, as they came to be. A migration that was ever released is never changed: the next one changes what it did. */

/** Number 1 first; each a list of single statements. */
export const migrations: readonly (readonly string[])[] = [
  [
    `CREATE TABLE users (
      id text PRIMARY KEY,
      email text NOT NULL UNIQUE,
      password_hash text NOT NULL,
      plan_tier text NOT NULL DEFAULT 'personal',
      last_event integer NOT NULL DEFAULT 0,
      created_at timestamptz NOT NULL DEFAULT now()
    )`,
    `CREATE TABLE containers (
      id text PRIMARY KEY,
      user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
      name text NOT NULL,
      type text NOT NULL CHECK (type IN ('hosted', 'external')),
      mcp_endpoint text NOT NULL,
      auth_method text NOT NULL CHECK (auth_method IN ('mtls', 'platform_token', 'api_key')),
      public_key_fingerprint text,
      status text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      UNIQUE (user_id, name),
      UNIQUE (user_id, mcp_endpoint)
    )`,
    'CREATE INDEX containers_by_endpoint ON containers (mcp_endpoint)',
    // "row" as it was told: what a client that comes back is told again.
    `CREATE TABLE container_events (
      user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
      id integer NOT NULL,
      type text NOT NULL,
      container jsonb NOT NULL,
      PRIMARY KEY (user_id, id)
    )`,
  ],
  [
    `CREATE TABLE oidc_records (
      kind text NOT NULL,
      id text NOT NULL,
      payload jsonb NOT NULL,
      grant_id text,
      uid text,
      user_code text,
      expires_at timestamptz,
      PRIMARY KEY (kind, id)
    )`,
    'CREATE INDEX oidc_records_by_grant ON oidc_records (grant_id) WHERE grant_id IS NOT NULL',
    'CREATE INDEX oidc_records_by_uid ON oidc_records (kind, uid) WHERE uid IS NOT NULL',
    'CREATE INDEX oidc_records_by_code ON oidc_records (kind, user_code) WHERE user_code IS NOT NULL',
    'CREATE INDEX oidc_records_by_end ON oidc_records (expires_at)',
    `CREATE TABLE signing_keys (
      kid text PRIMARY KEY,
      alg text NOT NULL,
      jwk jsonb NOT NULL,
      signs_from timestamptz NOT NULL
    )`,
    'CREATE TABLE secrets (name text PRIMARY KEY, value text NOT NULL)',
  ],
  [
    `CREATE TABLE api_tokens (
      id text PRIMARY KEY,
      user_id text NOT NULL REFERENCES users ON DELETE CASCADE,
      name text NOT NULL,
      token_hash text NOT NULL UNIQUE,
      scopes text[] NOT NULL,
      expires_at timestamptz NOT NULL,
      issued_for text NOT NULL CHECK (issued_for IN ('platform_harness', 'user_direct')),
      created_at timestamptz NOT NULL DEFAULT now()
    )`,
    'CREATE INDEX api_tokens_by_user ON api_tokens (user_id)',
  ],
];

/** Named events with allow-listed fields: method, id, bytes, duration, outcome. Never a payload, never a secret. */

export const logLevels = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

/** The only things an event may carry. A name that is missing here cannot be logged. */
export interface LogFields {
  readonly container?: string | undefined;
  readonly session?: string | undefined;
  readonly method?: string | undefined;
  readonly tool?: string | undefined;
  readonly outcome?: string | undefined;
  /** The `code` of a FairleadError. */
  readonly code?: string | undefined;
  /** A sentence of ours (a FairleadError's message). */
  readonly message?: string | undefined;
  /** An operating system's error name such as ECONNRESET, or an OpenSSL one. */
  readonly cause?: string | undefined;
  readonly host?: string | undefined;
  readonly status?: number | undefined;
  readonly transport?: string | undefined;
  readonly protocolVersion?: string | undefined;
  readonly pid?: number | undefined;
  readonly role?: string | undefined;
  readonly version?: string | undefined;
  readonly vault?: string | undefined;
  readonly attempt?: number | undefined;
  readonly bytes?: number | undefined;
  readonly count?: number | undefined;
  readonly durationMs?: number | undefined;
  readonly delayMs?: number | undefined;
}

export interface LogRecord {
  readonly at: number;
  readonly level: LogLevel;
  readonly event: string;
  readonly fields: LogFields;
}

export interface Logger {
  error(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  debug(event: string, fields?: LogFields): void;
  /** The same logger with fields that every event of it carries. */
  with(fields: LogFields): Logger;
}

export function createLogger(options: {
  level: LogLevel;
  now: () => number;
  write: (record: LogRecord) => void;
}): Logger {
  const enabled = logLevels.slice(0, logLevels.indexOf(options.level) + 1);
  const bind = (bound: LogFields): Logger => {
    const at = (level: LogLevel) => (event: string, fields?: LogFields) => {
      if (!enabled.includes(level)) return;
      options.write({ at: options.now(), level, event, fields: { ...bound, ...fields } });
    };
    return {
      error: at('error'),
      warn: at('warn'),
      info: at('info'),
      debug: at('debug'),
      with: (fields) => bind({ ...bound, ...fields }),
    };
  };
  return bind({});
}

/** The name of what went wrong below us (`ECONNRESET`, `CERT_HAS_EXPIRED`), never its text: that may quote a peer. */
export function causeName(thrown: unknown): string | undefined {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 5; error = error.cause, depth += 1) {
    const code: unknown = (error as { code?: unknown }).code;
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,63}$/.test(code)) return code;
  }
  return thrown instanceof Error ? thrown.name : undefined;
}

/** `FAIRLEAD_LOG`, or `info` where it names no level. */
export function logLevelOf(value: string | undefined): LogLevel {
  return logLevels.find((level) => level === value) ?? 'info';
}

import { MomoError } from 'momo-collections';

type Fields = Readonly<Record<string, unknown>>;

/** Lines of JSON. Nothing that goes in may hold a key, a callback URL or a phone number. */
export interface Log {
  info(event: string, fields?: Fields): void;
  warn(event: string, fields?: Fields): void;
  /** By name and code. A message is written only where it is known to be clean: those of databases and networks quote. */
  error(event: string, error: unknown, fields?: Fields): void;
}

/** What a log may know of an error. */
export function describeError(error: unknown): Fields {
  if (MomoError.is(error)) return { code: error.code, message: error.message, referenceId: error.referenceId };
  const { name, code } = Object(error) as { name?: unknown; code?: unknown };
  return { name: String(name), ...(code !== undefined && { code: String(code) }) };
}

export function createLog(write: (line: string) => void): Log {
  const line = (level: string, event: string, fields: Fields) =>
    write(`${JSON.stringify({ at: new Date().toISOString(), level, event, ...fields })}\n`);
  return {
    info: (event, fields = {}) => line('info', event, fields),
    warn: (event, fields = {}) => line('warn', event, fields),
    error: (event, error, fields = {}) => line('error', event, { ...describeError(error), ...fields }),
  };
}

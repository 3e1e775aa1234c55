/** What a column can hold. */
export type SqlValue = string | number | null;

/** The gateway's own tables: apps, and what is to be forwarded. Every statement stands on its own. */
export interface Database {
  /** Runs one statement with `$1`, `$2` … */
  run(sql: string, values?: readonly SqlValue[]): Promise<Record<string, unknown>[]>;
  /** What keeps two processes from taking the same row, at the end of a select. */
  readonly skipLocked: string;
  close(): Promise<void>;
}

/** What the doctor found in one place. */
export interface Check {
  readonly check:
    | 'configuration'
    | 'environment'
    | 'server'
    | 'subscription-key'
    | 'credentials'
    | 'payments'
    | 'clock'
    | 'callback-url'
    | 'callback-host'
    | 'callback-certificate';
  /** A failure keeps payments from being made; a warning does not. */
  readonly verdict: 'ok' | 'warning' | 'failure' | 'skipped';
  /** What was found. Never a secret. */
  readonly message: string;
  /** What to do about it. */
  readonly advice?: string;
}

type Name = Check['check'];

export const ok = (check: Name, message: string): Check => ({ check, verdict: 'ok', message });
export const skipped = (check: Name, message: string): Check => ({ check, verdict: 'skipped', message });
export const warning = (check: Name, message: string, advice: string): Check => ({
  check,
  verdict: 'warning',
  message,
  advice,
});
export const failure = (check: Name, message: string, advice: string): Check => ({
  check,
  verdict: 'failure',
  message,
  advice,
});

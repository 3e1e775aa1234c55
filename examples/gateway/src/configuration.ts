/** What the gateway is set up with, out of environment variables. */
export interface Configuration {
  readonly port: number;
  readonly host: string;
  /**
   * `live`: a real MTN. `local`: an MTN on this machine, with a demo app and secrets made for it. `embedded`: as local,
   * and this process starts that MTN.
   */
  readonly mode: 'live' | 'local' | 'embedded';
  /** Where MTN reaches this gateway; without it there are no callbacks, and polling does all. */
  readonly publicUrl: string | undefined;
  readonly databaseUrl: string | undefined;
  /** Where the SQLite files are. */
  readonly dataFolder: string;
  /** Base64 of 32 bytes. */
  readonly masterKey: string | undefined;
  /** The first one signs callback URLs; all are taken. */
  readonly callbackSecrets: readonly string[];
  readonly defaultCurrency: string;
  readonly arePrivateCallbacksAllowed: boolean;
  readonly sandboxApproval: 'automatic' | 'manual';
  readonly sandboxPort: number;
  /** `callback-first` asks MTN less, where its callbacks do come. */
  readonly pollSchedule: 'interactive' | 'callback-first';
  /** How long a request to pay waits for MTN before it answers 202; the sending goes on. */
  readonly answerWithinMs: number;
  /** After so long others take over from a process that died. */
  readonly leaseMs: number;
  /** What `MomoCollections.fromEnv` reads. */
  readonly mtn: Readonly<Record<string, string>>;
}

/** The configuration cannot be used; the message says all that is wrong. */
export class ConfigurationError extends Error {}

import type { MomoSandbox, MomoSandboxOptions, SandboxCredentials } from '../types.js';

/**
 * How {@link startSandboxServer} is set up: as the sandbox in memory, and where to listen. Everything has a default.
 * Callbacks may go to any host, whatever a user was provisioned with: on one's own machine there is no other way.
 */
export interface SandboxServerOptions
  extends Omit<MomoSandboxOptions, 'approval' | 'providerCallbackHost' | 'now' | 'callbacks'> {
  /** `manual` (default): each payment rings on the phone page. `automatic`: MTN's test numbers decide, any other succeeds. */
  readonly approval?: 'automatic' | 'manual';
  /** Where to listen. Default 4010; 0 takes any free port. */
  readonly port?: number;
  /** The address to listen on. Default `127.0.0.1`; any but a loopback opens the server to whoever can reach the port. */
  readonly host?: string;
  /** Credentials that stay the same from one start to the next. Default: made at random. */
  readonly credentials?: {
    readonly subscriptionKey?: string;
    readonly apiUser?: string;
    readonly apiKey?: string;
  };
  /** Epoch milliseconds. Default: real time. */
  readonly now?: () => number;
  /** How callbacks go out. */
  readonly callbacks?: {
    /** Default: over the network, 10 seconds at most, redirects not followed. */
    readonly fetch?: (request: Request) => Promise<Response>;
    /** Default `POST`. */
    readonly method?: 'POST' | 'PUT';
    /** How often each comes. Default 1. */
    readonly times?: number;
    /** How long after the payment became final, in milliseconds. Default 0. */
    readonly delayMs?: number;
  };
}

/** A running sandbox server; {@link startSandboxServer} starts one. */
export interface SandboxServer {
  /** The base URL for a client, such as `http://127.0.0.1:4010`. */
  readonly url: string;
  /** The page with the phone on it. */
  readonly phoneUrl: string;
  /** The sandbox behind it: what came, what it did, and the payer's decisions. */
  readonly sandbox: MomoSandbox;
  /** For `new MomoCollections({ ...server.credentials, baseUrl: server.url })`. Not enumerable, so that it does not print. */
  readonly credentials: SandboxCredentials;
  /** The same, and the base URL, as the variables that `MomoCollections.fromEnv` reads. Not enumerable either. */
  readonly env: Readonly<
    Record<'MTN_BASE_URL' | 'MTN_TARGET_ENV' | 'MTN_SUBSCRIPTION_KEY' | 'MTN_API_USER' | 'MTN_API_KEY', string>
  >;
  /** Stops at once: open connections are cut, callbacks under way are called off. May be called twice. */
  close(): Promise<void>;
  /** As `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

import type { SimulatedClock } from './clock.js';
import type { RandomSource } from './random.js';

/** How long a token lives, in seconds of sandbox time. */
export const tokenLifeSeconds = 3600;

/** An API user: belongs to the subscription key it was made with. */
export interface ApiUser {
  readonly id: string;
  readonly subscriptionKey: string;
  /** The one host its callbacks may go to; any when undefined. */
  readonly providerCallbackHost: string | undefined;
  apiKey: string | undefined;
}

/** Who may call: subscription keys, their API users, and the tokens given to those. */
export interface Accounts {
  hasKey(subscriptionKey: string): boolean;
  addKey(subscriptionKey: string): void;
  addUser(user: ApiUser): void;
  findUser(id: string): ApiUser | undefined;
  issueToken(user: ApiUser): string;
  /** The user of a token that has not expired. */
  findTokenUser(accessToken: string): ApiUser | undefined;
}

function base64Url(text: string): string {
  return btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

export function createAccounts(clock: SimulatedClock, random: RandomSource): Accounts {
  const keys = new Set<string>();
  const users = new Map<string, ApiUser>();
  const tokens = new Map<string, { user: ApiUser; expiresAtMs: number }>();
  return {
    hasKey: (subscriptionKey) => keys.has(subscriptionKey),
    addKey: (subscriptionKey) => void keys.add(subscriptionKey),
    addUser: (user) => void users.set(user.id, user),
    findUser: (id) => users.get(id),
    issueToken(user) {
      const expiresAtMs = clock.now() + tokenLifeSeconds * 1000;
      // A JWT in looks, as MTN's is; nobody can check its signature, so it has none worth the name.
      const header = base64Url(JSON.stringify({ typ: 'JWT', alg: 'none' }));
      const claims = base64Url(JSON.stringify({ clientId: user.id, expires: new Date(expiresAtMs).toISOString() }));
      const accessToken = `${header}.${claims}.${random.hex(32)}`;
      tokens.set(accessToken, { user, expiresAtMs });
      return accessToken;
    },
    findTokenUser(accessToken) {
      const token = tokens.get(accessToken);
      return token !== undefined && clock.now() < token.expiresAtMs ? token.user : undefined;
    },
  };
}

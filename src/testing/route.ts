import type { TargetEnvironment } from '../payment/environments.js';
import type { Accounts, ApiUser } from './accounts.js';
import type { Answer } from './answers.js';
import type { SimulatedClock } from './clock.js';
import type { Consents } from './consents.js';
import type { Payments } from './payments.js';
import type { RandomSource } from './random.js';
import type { OperationName } from './types.js';

/** All that the operations share. */
export interface World {
  readonly targetEnvironment: TargetEnvironment;
  /** The one currency served; any when the environment is not a known one. */
  readonly currency: string | undefined;
  readonly approval: 'automatic' | 'manual';
  readonly reasonShape: 'object' | 'string';
  readonly clock: SimulatedClock;
  readonly random: RandomSource;
  readonly accounts: Accounts;
  readonly payments: Payments;
  readonly consents: Consents;
  /** Pre-approvals that were cancelled, by the id of the list, and cancellations of invoices, by their own. */
  readonly cancelled: Set<unknown>;
}

/** One request, read. */
export interface Exchange {
  readonly world: World;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
  /** The placeholders of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** A fault's: how long what is created stays unseen. */
  readonly lagMs: number;
}

/** A request whose subscription key and token are good. */
export interface AuthorizedExchange extends Exchange {
  readonly user: ApiUser;
}

/** One operation. A check that fails throws a `Refusal`. */
export interface Route {
  readonly operation: OperationName;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  handle(exchange: Exchange): Answer;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function matchPath(template: string, pathname: string): Record<string, string> | undefined {
  const wanted = template.split('/');
  const given = pathname.split('/');
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const actual = given[index] ?? '';
    const name = /^\{(.+)\}$/.exec(segment)?.[1];
    if (name === undefined ? segment !== actual : actual === '') return undefined;
    if (name !== undefined) params[name] = decode(actual);
  }
  return params;
}

/** The operation at this path; the slash at its end counts, as it does at MTN. */
export function findRoute(
  routes: readonly Route[],
  method: string,
  pathname: string,
): { route: Route; params: Record<string, string> } | undefined {
  for (const route of routes) {
    const params = route.method === method ? matchPath(route.path, pathname) : undefined;
    if (params !== undefined) return { route, params };
  }
  return undefined;
}

import type { IncomingMessage } from 'node:http';
import { namesLoopback } from './hosts.js';

/**
 * Why a request is turned away, or undefined. A page of a stranger may have its own name point to 127.0.0.1 and then
 * read whatever is answered there: the name it used is in `Host`.
 */
export function findHostProblem({ headers }: IncomingMessage, isOpen: boolean): string | undefined {
  if (isOpen || namesLoopback(headers.host)) return undefined;
  return 'This sandbox answers to localhost and 127.0.0.1 only. To reach it by another name, start it with --host (the option "host").';
}

/** Why a control request is turned away: pages of other origins have no say in who pays. */
export function findOriginProblem({ headers }: IncomingMessage): string | undefined {
  const { origin, 'sec-fetch-site': site = 'none' } = headers;
  const isOwn = origin === undefined || origin === `http://${headers.host}`;
  // What is no browser sends neither.
  return isOwn && ['same-origin', 'none'].includes(String(site))
    ? undefined
    : 'Only the phone page itself, or a program that is no browser, may do this.';
}

/** The operations that reach MTN, and the calls made of several, as events and errors name them. */
export type Operation =
  | 'createAccessToken'
  | 'getToken'
  | 'requestToPay'
  | 'getRequestToPay'
  | 'pollUntilFinal'
  | 'collect';

/** How the status of one kind of resource is read. */
export interface StatusResource<Status> {
  readonly operation: Operation;
  /** Without the reference id, which follows it. */
  readonly path: string;
  /** Undefined for an answer that is no status. */
  readonly read: (referenceId: string, json: unknown) => Status | undefined;
}

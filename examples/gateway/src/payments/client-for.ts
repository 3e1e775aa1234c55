import { MomoError } from 'momo-collections';
import type { LedgerClient, LedgerPayment } from 'momo-collections/ledger';

const isOnThisMachine = (url: string) => /^http:\/\/(localhost|127\.|\[::1\])/.test(url);

/** A payment is read, and sent, only where it was made: another MTN would not know it, or would charge it anew. */
export function clientFor(client: LedgerClient) {
  return ({ id, baseUrl, targetEnvironment }: LedgerPayment): LedgerClient => {
    const isElsewhere = (there: string | undefined, here: string | undefined) =>
      there !== undefined && here !== undefined && there !== here && !(isOnThisMachine(there) && isOnThisMachine(here));
    if (!isElsewhere(baseUrl, client.baseUrl) && !isElsewhere(targetEnvironment, client.targetEnvironment))
      return client;
    throw new MomoError(
      'unavailable',
      'This payment was made at another MTN address or environment than the one set up.',
      {
        referenceId: id,
      },
    );
  };
}

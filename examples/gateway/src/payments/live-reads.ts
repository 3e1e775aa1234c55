import type { LedgerPayment, PaymentLedger } from 'momo-collections/ledger';

/** So long a read that has begun is shared: nobody notices whether it began a moment before he asked. */
const sharedMs = 100;
/** MTN is asked about one payment at most so often. */
const betweenReadsMs = 1_000;
/** More than this would only queue for the 8 reads a second that there are, and keep `pollDue` from its own. */
const maxWaiting = 16;

interface Read {
  readonly startsAtMs: number;
  isSettled: boolean;
  readonly result: Promise<LedgerPayment>;
}

/** Status reads on demand: whoever asks about the same payment at the same time shares one. */
export interface LiveReads {
  /** Undefined when too many wait already, or the ledger failed: go by what is known, `pollDue` goes on. */
  read(paymentId: string): Promise<LedgerPayment | undefined>;
}

export function createLiveReads(ledger: PaymentLedger, onRead: () => void): LiveReads {
  const reads = new Map<string, Read>();
  let waiting = 0;

  function begin(paymentId: string, startsAtMs: number): Read {
    waiting++;
    const work = async () => {
      await new Promise((resolve) => setTimeout(resolve, Math.max(startsAtMs - Date.now(), 0)));
      return ledger.refresh(paymentId);
    };
    const read: Read = { startsAtMs, isSettled: false, result: work() };
    const end = () => {
      waiting--;
      read.isSettled = true;
      onRead();
      const forget = () => reads.get(paymentId) === read && reads.delete(paymentId);
      setTimeout(forget, betweenReadsMs).unref();
    };
    read.result.then(end, end);
    reads.set(paymentId, read);
    return read;
  }

  return {
    async read(paymentId) {
      const nowMs = Date.now();
      const last = reads.get(paymentId);
      if (last && !last.isSettled && last.startsAtMs > nowMs - sharedMs) return last.result.catch(() => undefined);
      // One that began earlier may have missed what is asked about: another follows, which all who come meanwhile share.
      if (waiting >= maxWaiting) return undefined;
      const startsAtMs = last === undefined ? nowMs : Math.max(nowMs, last.startsAtMs + betweenReadsMs);
      return begin(paymentId, startsAtMs).result.catch(() => undefined);
    },
  };
}

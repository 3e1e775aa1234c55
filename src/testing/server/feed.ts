import type { SandboxCall, SandboxCallback } from '../types.js';
import type { FaultView, List, Numbered, PaymentView, ServerView, View } from './view.js';

/** How many of a list a newcomer is told of, and how far back changes are looked for. */
const windowSize = 200;
/** At most so often, however many payments come in a burst. */
const intervalMs = 100;

/** What is new or changed since the update before; the first has everything, within the window. */
export interface Update {
  /** Epoch milliseconds, in sandbox time. */
  readonly nowMs: number;
  /** In the first update, and when it changed. */
  readonly server?: ServerView;
  /** All of them, in the first update and when one came or went. */
  readonly faults?: readonly FaultView[];
  readonly calls: readonly Numbered<SandboxCall>[];
  readonly payments: readonly Numbered<PaymentView>[];
  readonly callbacks: readonly Numbered<SandboxCallback>[];
}

/** Tells what happens in the sandbox, to any number of listeners. */
export interface Feed {
  /** Something changed. */
  notify(): void;
  /** The whole state. */
  read(): Update;
  /** Calls with the whole state, at once, and then with what changed. A listener that answers false is asked again later. */
  subscribe(listener: (update: Update) => void, isReady?: () => boolean): Subscription;
  close(): void;
}

interface Subscription {
  /** Looks again: it was not ready, and is now. */
  resume(): void;
  end(): void;
}

/** Is a value another one than at the time before? */
function createMemory(): (value: unknown) => boolean {
  let known: string | undefined;
  return (value) => {
    const text = JSON.stringify(value);
    const isNew = text !== known;
    known = text;
    return isNew;
  };
}

/** What of a list one listener has not seen: of those within the window, and of those that are open or were just now. */
function follow<Item>(list: List<Item>): () => Numbered<Item>[] {
  let known = new Map<number, unknown>();
  let next = Math.max(0, list.count() - windowSize);
  return () => {
    const count = list.count();
    const open = list.open();
    // Of those from before, the open ones and the window are known: they are all that can have changed.
    const places = new Set([...known.keys(), ...open]);
    for (let n = Math.max(0, Math.min(next, count - windowSize)); n < count; n += 1) places.add(n);
    const changed: Numbered<Item>[] = [];
    for (const n of places) {
      const mark = list.mark(n);
      if (known.get(n) !== mark) changed.push(list.at(n));
      known.set(n, mark);
    }
    const areOpen = new Set(open);
    known = new Map([...known].filter(([n]) => n >= count - windowSize || areOpen.has(n)));
    next = count;
    return changed.sort((a, b) => a.n - b.n);
  };
}

/** The updates of one listener; undefined when nothing changed. */
function createReader(view: View): () => Update | undefined {
  const calls = follow(view.lists.calls);
  const payments = follow(view.lists.payments);
  const callbacks = follow(view.lists.callbacks);
  const [isNewServer, areNewFaults] = [createMemory(), createMemory()];
  return () => {
    const [server, faults] = [view.server(), view.faults()];
    const isServerNew = isNewServer(server);
    const areFaultsNew = areNewFaults(faults);
    const changed = { calls: calls(), payments: payments(), callbacks: callbacks() };
    if (!isServerNew && !areFaultsNew && Object.values(changed).every(({ length }) => length === 0)) return undefined;
    return { nowMs: view.now(), ...(isServerNew ? { server } : {}), ...(areFaultsNew ? { faults } : {}), ...changed };
  };
}

export function createFeed(view: View): Feed {
  const listeners = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;
  let lastAtMs = 0;

  function flush(): void {
    timer = undefined;
    lastAtMs = performance.now();
    for (const tell of listeners) tell();
  }

  return {
    notify() {
      if (timer !== undefined || listeners.size === 0) return;
      // The first of a burst goes out at once, or rather when the work that is going on has come to its end.
      timer = setTimeout(flush, Math.max(0, lastAtMs + intervalMs - performance.now()));
      timer.unref();
    },
    read: () => createReader(view)() as Update,
    subscribe(listener, isReady = () => true) {
      const next = createReader(view);
      function tell() {
        if (!isReady()) return;
        const update = next();
        if (update !== undefined) listener(update);
      }
      listeners.add(tell);
      tell();
      return { resume: tell, end: () => void listeners.delete(tell) };
    },
    close() {
      clearTimeout(timer);
      listeners.clear();
    },
  };
}

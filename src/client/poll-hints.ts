/** Who polls what on one client, so that a hint (a callback, a user's click) reaches the poll that waits for it. */
export class PollHints {
  readonly #listeners = new Map<string, Set<() => void>>();

  /** Returns the function that stops listening. */
  listen(referenceId: string, onHint: () => void): () => void {
    const listeners = this.#listeners.get(referenceId) ?? new Set();
    this.#listeners.set(referenceId, listeners.add(onHint));
    return () => {
      listeners.delete(onHint);
      if (listeners.size === 0) this.#listeners.delete(referenceId);
    };
  }

  /** Was anyone listening? */
  hint(referenceId: string): boolean {
    const listeners = this.#listeners.get(referenceId);
    for (const onHint of listeners ?? []) onHint();
    return listeners !== undefined;
  }
}

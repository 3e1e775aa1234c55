/** Who polls what on one client, so that a hint (a callback, a user's click) reaches the poll that waits for it. */
export interface PollHints {
  /** Returns the function that stops listening. */
  listen(referenceId: string, onHint: () => void): () => void;
  /** Was anyone listening? */
  hint(referenceId: string): boolean;
}

export function createPollHints(): PollHints {
  const listeners = new Set<{ referenceId: string; onHint: () => void }>();
  return {
    listen(referenceId, onHint) {
      const listener = { referenceId, onHint };
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    hint(referenceId) {
      const asked = [...listeners].filter((listener) => listener.referenceId === referenceId);
      for (const { onHint } of asked) onHint();
      return asked.length > 0;
    },
  };
}

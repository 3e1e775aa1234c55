// Enough turns of the event loop for a body to be read, a hash to be made and the next request to be under way.
const quietTurns = 4;

/**
 * Calls back once the event loop has turned a few times with nobody asking again.
 *
 * A `MessageChannel` and not `setTimeout`: fake timers do not stop it, and closed after use it keeps no process alive.
 */
export function createMacrotasks(onQuiet: () => void): { await(): void } {
  let turnsLeft = 0;
  let isRunning = false;

  function turn(next: () => void): void {
    // In workerd a message is a microtask, and this is what turns its event loop.
    const { scheduler } = globalThis as { scheduler?: { wait?(ms: number): Promise<void> } };
    if (scheduler?.wait !== undefined) {
      scheduler.wait(0).then(next);
      return;
    }
    if (typeof MessageChannel === 'undefined') {
      setTimeout(next, 0);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      next();
    };
    port2.postMessage(undefined);
  }

  function step(): void {
    turnsLeft -= 1;
    if (turnsLeft > 0) {
      turn(step);
      return;
    }
    isRunning = false;
    onQuiet();
  }

  return {
    await() {
      turnsLeft = quietTurns;
      if (isRunning) return;
      isRunning = true;
      turn(step);
    },
  };
}

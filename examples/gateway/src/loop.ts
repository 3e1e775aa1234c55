/** Work that is done again and again, one run after the other. */
export interface Loop {
  /** Runs soon, without waiting for the pause to end. */
  nudge(): void;
  /** No run begins any more; settles when the current one is over. */
  stop(): Promise<void>;
}

export function startLoop(pauseMs: number, work: () => Promise<unknown>, onError: (error: unknown) => void): Loop {
  let isStopped = false;
  let isNudged = false;
  let wake: (() => void) | undefined;
  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pauseMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const running = (async () => {
    while (!isStopped) {
      isNudged = false;
      await work().catch(onError);
      // Nudged meanwhile: what came may have missed this run.
      if (!isStopped && !isNudged) await pause();
    }
  })();
  return {
    nudge() {
      isNudged = true;
      wake?.();
    },
    stop() {
      isStopped = true;
      wake?.();
      return running;
    },
  };
}

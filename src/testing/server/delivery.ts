/** A receiver has ten seconds, enough for a look in the debugger; real ones should answer within two. */
const timeoutMs = 10_000;

/** An error by the name that the list of callbacks shows; messages of the network may quote the URL. */
function named(name: string): Error {
  return Object.assign(new Error('The callback was not delivered'), { name });
}

function nameOf(error: unknown): string {
  const { name, cause } = error as { name?: unknown; cause?: { code?: unknown; message?: unknown } };
  // Some ports `fetch` calls for nobody, 6000 for one; that has no code.
  return cause?.message === 'bad port' ? 'bad port' : String(cause?.code ?? name);
}

/** Sends callbacks over the network, once each, as MTN says it does. */
export interface CallbackDelivery {
  /** Do they get lost on the way? */
  isLossy: boolean;
  fetch(request: Request): Promise<Response>;
}

/** Over the network: redirects are answers like any other, and nobody is waited for longer than the timeout. */
async function deliver(request: Request, closing: AbortSignal): Promise<Response> {
  try {
    const signal = AbortSignal.any([closing, AbortSignal.timeout(timeoutMs)]);
    const response = await fetch(request, { redirect: 'manual', signal });
    // Nobody reads it, and unread it would hold the connection.
    await response.body?.cancel();
    return response;
  } catch (error) {
    throw named(nameOf(error));
  }
}

export function createCallbackDelivery(
  closing: AbortSignal,
  send: (request: Request) => Promise<Response> = (request) => deliver(request, closing),
): CallbackDelivery {
  const delivery: CallbackDelivery = {
    isLossy: false,
    async fetch(request) {
      if (delivery.isLossy) throw named('lost on purpose');
      return send(request);
    },
  };
  return delivery;
}

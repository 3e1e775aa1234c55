// Does a library take a payment on workerd, the runtime of Cloudflare Workers? Bundled as Wrangler does, once as it comes
// and once with `nodejs_compat`, which gives a worker much of Node. Calls that leave the worker go to the mock.

import { Miniflare, supportedCompatibilityDate, Response as WorkerResponse } from 'miniflare';
import { bundle } from './bundle.mjs';
import { startMock } from './mock.mjs';

const worker = (name) => `
import { open } from './libraries/${name}.mjs';
import { newOrder, sell } from './shop.mjs';
let skippedMs = 0;
const clock = {
  now: () => Date.now() + skippedMs,
  sleep: (ms) => {
    skippedMs += ms;
    return new Promise((resolve) => setTimeout(resolve, 1));
  },
};
export default {
  async fetch(request) {
    const account = { baseUrl: 'https://sandbox.momodeveloper.mtn.com', clock, credentials: await request.json() };
    return new Response(await sell(open(account), newOrder()));
  },
};
`;

const variants = {
  plain: { build: { platform: 'browser' }, worker: {} },
  nodejsCompat: {
    build: {
      platform: 'node',
      // What CommonJS requires of Node is imported, as Wrangler has it.
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire('file:///worker.mjs');",
      },
    },
    worker: { compatibilityFlags: ['nodejs_compat'] },
  },
};

const firstLine = (text) => text.split('\n')[0].replace(/^.*?(?:Uncaught )?(\w*Error): /, '$1: ');

async function takePayment(name, variant) {
  const mock = await startMock();
  const conditions = ['workerd', 'worker', 'browser'];
  const { text } = await bundle(worker(name), { conditions, ...variant.build });
  let complaints = '';
  const miniflare = new Miniflare({
    modules: [{ type: 'ESModule', path: 'worker.mjs', contents: text }],
    compatibilityDate: supportedCompatibilityDate,
    ...variant.worker,
    // Otherwise Miniflare asks the network what `request.cf` might be.
    cf: false,
    handleRuntimeStdio(_stdout, stderr) {
      stderr.on('data', (chunk) => {
        complaints += chunk;
      });
    },
    async outboundService(request) {
      const { url, method } = request;
      const body = method === 'POST' ? await request.arrayBuffer() : undefined;
      const response = await mock.answer(new Request(url, { method, headers: [...request.headers], body }));
      return new WorkerResponse(await response.text(), { status: response.status, headers: [...response.headers] });
    },
  });
  try {
    const body = JSON.stringify(mock.sandbox.credentials);
    const response = await miniflare.dispatchFetch('http://localhost/', { method: 'POST', body });
    const said = await response.text();
    const isPaid = said === 'paid' && mock.sandbox.payments.length === 1;
    return { works: isPaid, why: isPaid ? undefined : firstLine(said) };
  } catch (error) {
    return { works: false, why: firstLine(complaints || error.message) };
  } finally {
    await miniflare.dispose().catch(() => {});
    mock.close();
  }
}

export async function measureEdge(name) {
  return { plain: await takePayment(name, variants.plain), compat: await takePayment(name, variants.nodejsCompat) };
}

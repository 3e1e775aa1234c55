// How close the callback entry comes to the bare platform, how hostile bodies parse, and whether memory stays flat.
//   npm run build && node --expose-gc tools/bench-callback.mjs
import {
  createCallbackHandler,
  createCallbackUrl,
  parseCallback,
  signatureSchemes,
  verifySignature,
} from '../dist/callback/index.js';

const scheme = signatureSchemes.momoProxy;
const secret = 'a-secret-of-the-benchmark-0123456789';
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const bodies = {
  'strings only': {
    externalId: 'order-7',
    amount: '150',
    currency: 'EUR',
    payer: { partyIdType: 'MSISDN', partyId: '46733123453' },
    payeeNote: 'order-7',
    status: 'SUCCESSFUL',
    financialTransactionId: '1943071845',
  },
};
bodies['numeric amount and id'] = { ...bodies['strings only'], amount: 150, financialTransactionId: 1943071845 };

async function perSecond(run, count = 4_000) {
  for (let index = 0; index < 500; index += 1) await run();
  const start = performance.now();
  for (let index = 0; index < count; index += 1) await run();
  return count / ((performance.now() - start) / 1_000);
}

const algorithm = { name: 'HMAC', hash: scheme.hash };
const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['sign', 'verify']);
for (const [name, body] of Object.entries(bodies)) {
  const bytes = encoder.encode(JSON.stringify(body));
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes));
  const signature = Buffer.from(mac).toString('hex');
  const bare = async () => {
    if (!(await crypto.subtle.verify('HMAC', key, mac, bytes))) throw new Error('bare');
    return JSON.parse(decoder.decode(bytes));
  };
  const ours = async () => {
    if (!(await verifySignature({ body: bytes, signature, secrets: secret, scheme }))) throw new Error('ours');
    return parseCallback(bytes);
  };
  const ratios = [];
  for (let round = 0; round < 25; round += 1) {
    const wanted = await perSecond(bare);
    ratios.push((await perSecond(ours)) / wanted);
  }
  ratios.sort((a, b) => a - b);
  console.log(`verify and parse, ${name}: ${ratios[12].toFixed(2)} of bare WebCrypto and JSON.parse (wanted 0.70)`);
}

const fill = (unit) => unit.repeat(Math.floor(64_000 / unit.length));
const hostile = {
  'nested arrays': `{"status":"A","amount":1,"x":${'['.repeat(32_000)}${']'.repeat(32_000)}}`,
  '32 000 numbers': `{"status":"A","amount":1,"x":[${fill('1,')}1]}`,
  '21 000 objects': `{"status":"A","amount":1,"x":[${fill('{},')}1]}`,
  '5 000 keys': `{"status":"A",${Array.from({ length: 5_000 }, (_, index) => `"k${index}":1`).join(',')}}`,
  'one long text': `{"status":"A","x":"${fill('é').slice(0, 32_000)}"}`,
};
for (const [name, text] of Object.entries(hostile)) {
  const times = Array.from({ length: 50 }, () => {
    const start = performance.now();
    try {
      parseCallback(text);
    } catch {
      // refused is as good
    }
    return performance.now() - start;
  }).sort((a, b) => a - b);
  console.log(`hostile, ${name}: median ${times[25].toFixed(2)} ms (wanted under 10)`);
}

const handler = createCallbackHandler({
  urlSecrets: 'another-secret-of-the-benchmark',
  read: (referenceId) => ({ referenceId, state: 'successful', amount: '150', currency: 'EUR', raw: bodies }),
  onSuccessful: () => {},
});
const text = JSON.stringify({ status: 'SUCCESSFUL', amount: '150', currency: 'EUR' });
async function callbacks(count) {
  for (let index = 0; index < count; index += 1) {
    const url = await createCallbackUrl({
      baseUrl: 'https://pay.example.com',
      referenceId: crypto.randomUUID(),
      secret: 'another-secret-of-the-benchmark',
      expiresAtMs: Date.now() + 60_000,
    });
    const response = await handler(new Request(url, { method: 'POST', body: text }));
    if (response.status !== 200) throw new Error(`Answered ${response.status}.`);
  }
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1e6;
}
const before = await callbacks(3_000);
const after = await callbacks(10_000);
console.log(`memory: ${before.toFixed(1)} MB after 3 000 payments, ${after.toFixed(1)} MB after 10 000 more`);

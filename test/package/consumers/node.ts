// What only a consumer on Node writes: the callback handler behind `node:http`, options from `process.env`.
import { createServer } from 'node:http';
import { MomoCollections } from 'momo-collections';
import { createCallbackHandler, signatureSchemes, toNodeHandler, verifySignature } from 'momo-collections/callback';

const client = MomoCollections.fromEnv(process.env);
const handler = createCallbackHandler({
  urlSecrets: 'secret',
  read: (referenceId) => client.getRequestToPay(referenceId),
  onSuccessful: (payment) => void payment.externalId,
});

export const server = createServer(toNodeHandler(handler));
export const checking = createServer((request, response) => {
  const options = { body: Buffer.from(''), secrets: 'secret', scheme: signatureSchemes.momoProxy };
  void verifySignature({ ...options, headers: request.headers }).then((isGenuine) => response.end(String(isGenuine)));
});

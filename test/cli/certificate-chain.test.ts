import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { createServer } from 'node:tls';
import { afterEach, expect, it } from 'vitest';
import { checkCertificateChain } from '../../src/cli/certificate-chain.js';
import { approvedCallbackCas } from '../../src/cli/data/approved-callback-cas.js';

// Self-made certificates, good for a hundred years. The issuer of "listed" bears a name from MTN's list, with commas,
// two organisational units and quotes in it; that of "unlisted" a name of the same maker which is not on it.
const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8');
const stops: (() => void)[] = [];

afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

async function serve(name: 'listed' | 'unlisted'): Promise<number> {
  const chain = fixture(`${name}-chain.pem`) + fixture('root.pem');
  const server = createServer({ key: fixture(`${name}-key.pem`), cert: chain }, (socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

it('approves a chain whose issuer is on the list, however the name is written', async () => {
  const port = await serve('listed');
  expect(await checkCertificateChain({ host: '127.0.0.1', port, servername: 'localhost' })).toMatchObject({
    verdict: 'approved',
    authority: { alias: 'entrustl1k_.entrustrootca-g2' },
    isDirectIssuer: true,
  });
});

it('does not approve another issuer of the same maker, and shows the chain', async () => {
  const port = await serve('unlisted');
  expect(await checkCertificateChain({ host: 'localhost', port })).toEqual({
    verdict: 'not-approved',
    chain: ["C=US, CN=E5, O=Let's Encrypt", 'C=XX, CN=Test Root, O=Momo Collections Tests'],
  });
});

it('says when only an authority further up is listed', async () => {
  const port = await serve('unlisted');
  const authorities = [{ alias: 'root', subject: 'CN=Test Root, O=Momo Collections Tests, C=XX' }];
  expect(await checkCertificateChain({ host: 'localhost', port, authorities })).toMatchObject({
    verdict: 'approved',
    isDirectIssuer: false,
  });
});

it('says that an address is unreachable, by what went wrong', async () => {
  const closed = createTcpServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const { port } = closed.address() as AddressInfo;
  expect(await checkCertificateChain({ host: '127.0.0.1', port })).toMatchObject({ verdict: 'unreachable' });
  await new Promise((resolve) => closed.close(resolve));
  expect(await checkCertificateChain({ host: '127.0.0.1', port })).toEqual({
    verdict: 'unreachable',
    code: 'ECONNREFUSED',
  });
});

it('gives up on a silent address', async () => {
  const silent = createTcpServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  stops.push(() => silent.close());
  const { port } = silent.address() as AddressInfo;
  expect(await checkCertificateChain({ host: '127.0.0.1', port, timeoutMs: 50 })).toEqual({
    verdict: 'unreachable',
    code: 'ETIMEDOUT',
  });
});

it('holds the whole list', () => {
  expect(approvedCallbackCas).toHaveLength(61);
  for (const { alias, subject } of approvedCallbackCas) expect([alias, subject].every(Boolean)).toBe(true);
});

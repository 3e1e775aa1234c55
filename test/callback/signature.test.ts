import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { MomoError, type SignatureScheme, signatureSchemes, verifySignature } from '../../src/callback/index.js';
import { signCallbackBody } from '../../src/testing/forge/index.js';
import { relaySecret } from './support.js';

const body = '{"status":"SUCCESSFUL","payeeNote":"crème brûlée 😀"}';
const bytes = new TextEncoder().encode(body);
const { momoProxy, meCash, meCashSha256 } = signatureSchemes;
const sha256 = (secret = relaySecret) => createHmac('sha256', secret).update(bytes).digest();
const sha512 = (secret = relaySecret) => createHmac('sha512', secret).update(bytes).digest();
const check = (signature: unknown, scheme: SignatureScheme = momoProxy, secrets: string | string[] = relaySecret) =>
  verifySignature({ body: bytes, signature: signature as string, secrets, scheme });

describe('accepted', () => {
  it('the ready schemes, checked against an independent HMAC', async () => {
    expect(await check(sha256().toString('hex'))).toBe(true);
    expect(await check(sha512().toString('hex'), meCash)).toBe(true);
    expect(await check(sha512().toString('base64'), meCash)).toBe(true);
    expect(await check(`sha256=${sha256().toString('hex')}`, meCashSha256)).toBe(true);
  });

  it('upper-case and mixed hex', async () => {
    const hex = sha256().toString('hex');
    expect(await check(hex.toUpperCase())).toBe(true);
    expect(await check(hex.slice(0, 32).toUpperCase() + hex.slice(32))).toBe(true);
  });

  it('text in place of bytes, non-ASCII included', async () => {
    const signature = sha256().toString('hex');
    expect(await verifySignature({ body, signature, secrets: relaySecret, scheme: momoProxy })).toBe(true);
  });

  it('any secret of several, the second of three too', async () => {
    const secrets = ['first-secret-0123456789', relaySecret, 'third-secret-0123456789'];
    for (const secret of secrets) expect(await check(sha256(secret).toString('hex'), momoProxy, secrets)).toBe(true);
    expect(await check(sha256('fourth-secret-0123456789').toString('hex'), momoProxy, secrets)).toBe(false);
  });

  it('headers as the web, Node and serverless events give them, under any case', async () => {
    const value = sha256().toString('hex');
    const forms: Parameters<typeof verifySignature>[0]['headers'][] = [
      new Headers({ 'x-momo-proxy-signature': value }),
      { 'x-momo-proxy-signature': value, host: 'pay.example.com' },
      { 'X-MoMo-Proxy-Signature': value },
      { 'X-MOMO-PROXY-SIGNATURE': [value], cookie: undefined },
      [['X-Momo-Proxy-Signature', value]],
      new Map([['x-momo-proxy-signature', value]]),
    ];
    for (const headers of forms) {
      expect(
        await verifySignature({ body: bytes, headers: headers ?? {}, secrets: relaySecret, scheme: momoProxy }),
      ).toBe(true);
    }
  });

  it('a scheme of your own', async () => {
    const scheme: SignatureScheme = { header: 'X-Relay', hash: 'SHA-512', encodings: ['base64'], prefix: 'v1=' };
    const signature = await signCallbackBody(bytes, { scheme, secret: relaySecret });
    expect(signature).toBe(`v1=${sha512().toString('base64')}`);
    expect(await check(signature, scheme)).toBe(true);
  });
});

describe('refused, without a throw', () => {
  const hex = sha256().toString('hex');
  const base64 = sha512().toString('base64');

  it.each<[string, unknown, SignatureScheme?]>([
    ['nothing', undefined],
    ['null', null],
    ['empty', ''],
    ['a number', 5],
    ['one bit changed', hex.replace(/^./, (first) => (Number.parseInt(first, 16) ^ 1).toString(16))],
    ['one character short', hex.slice(1)],
    ['one character long', `${hex}0`],
    ['half of it', hex.slice(0, 32)],
    ['a space before', ` ${hex}`],
    ['a line break after', `${hex}\n`],
    ['junk in place of a digit', `${hex.slice(0, 62)}zz`],
    ['junk that parseInt would skip', `${hex.slice(0, 63)}g`],
    ['0x before', `0x${hex.slice(2)}`],
    ['full-width digits', hex.replace(/\d/, '１')],
    ['a NUL byte', `${hex.slice(0, 63)}\0`],
    ['two signatures', `${hex}, ${hex}`],
    ['a prefix where none belongs', `sha256=${hex}`],
    ['a missing prefix', hex, meCashSha256],
    ['an upper-case prefix', `SHA256=${hex}`, meCashSha256],
    ['a prefix twice', `sha256=sha256=${hex}`, meCashSha256],
    ['a prefix alone', 'sha256=', meCashSha256],
    ['another hash of the right secret', hex, meCash],
    ['base64 where only hex belongs', sha256().toString('base64')],
    ['base64 without padding', base64.replace(/=+$/, ''), meCash],
    ['base64 with too much padding', `${base64}=`, meCash],
    ['base64url', sha512().toString('base64url'), meCash],
    ['base64 with white space', `${base64.slice(0, 44)} ${base64.slice(45)}`, meCash],
    ['base64 with spare bits set', base64.replace(/[AQgw]==$/, (end) => `${next(end[0])}==`), meCash],
    ['a megabyte', 'a'.repeat(1_000_000)],
    ['a megabyte of base64', 'A'.repeat(1_000_000), meCash],
  ])('%s', async (_name, signature, scheme) => {
    expect(await check(signature, scheme)).toBe(false);
  });

  it('another body, by one byte', async () => {
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Uint8Array.from(bytes, (byte, at) => (at === index ? byte ^ 1 : byte));
      expect(await verifySignature({ body: changed, signature: hex, secrets: relaySecret, scheme: momoProxy })).toBe(
        false,
      );
    }
  });

  it('another secret', async () => {
    expect(await check(sha256('another-secret-0123456789').toString('hex'))).toBe(false);
  });

  it('a repeated header, in every form', async () => {
    const twice = new Headers([
      [momoProxy.header, hex],
      [momoProxy.header, hex],
    ]);
    const forms = [
      twice,
      { [momoProxy.header]: [hex, hex] },
      { [momoProxy.header]: hex, [momoProxy.header.toLowerCase()]: hex },
      [
        [momoProxy.header, hex],
        [momoProxy.header, hex],
      ] as [string, string][],
    ];
    for (const headers of forms) {
      expect(await verifySignature({ body: bytes, headers, secrets: relaySecret, scheme: momoProxy })).toBe(false);
    }
  });

  it('headers and bodies of no use at all', async () => {
    for (const headers of [undefined, null, 5, 'x', {}, [], new Map(), [5], Object.create(null)]) {
      const options = { body: bytes, headers: headers as never, secrets: relaySecret, scheme: momoProxy };
      expect(await verifySignature(options)).toBe(false);
    }
    for (const broken of [undefined, null, 5, { status: 'SUCCESSFUL' }]) {
      const options = { body: broken as never, signature: hex, secrets: relaySecret, scheme: momoProxy };
      expect(await verifySignature(options)).toBe(false);
    }
  });

  function next(letter = 'A'): string {
    return String.fromCharCode(letter.charCodeAt(0) + 1);
  }
});

describe('set up wrongly', () => {
  it.each<[string, unknown]>([
    ['empty', ''],
    ['short', 'fifteen-bytes-!'],
    ['missing', null],
    ['none', []],
    ['one short of two', [relaySecret, 'short']],
    ['a number', [5]],
  ])('a secret that is %s is invalid_input, and does not print', async (_name, secrets) => {
    const error = await check(sha256().toString('hex'), momoProxy, secrets as string).catch((caught) => caught);
    expect(MomoError.is(error, 'invalid_input')).toBe(true);
    expect(error.issues[0].path).toBe('secrets');
    expect(inspect(error, { depth: null })).not.toContain('fifteen-bytes-!');
  });

  it('takes a secret of 16 bytes', async () => {
    expect(await check(sha256('sixteen-bytes-!!').toString('hex'), momoProxy, 'sixteen-bytes-!!')).toBe(true);
  });

  it.each<[string, unknown]>([
    ['none', null],
    ['another hash', { ...momoProxy, hash: 'SHA-1' }],
    ['no header', { ...momoProxy, header: '' }],
    ['no encodings', { ...momoProxy, encodings: [] }],
    ['another encoding', { ...momoProxy, encodings: ['base64url'] }],
    ['a prefix that is no text', { ...momoProxy, prefix: 5 }],
  ])('a scheme that is broken (%s) is invalid_input', async (_name, scheme) => {
    await expect(check(sha256().toString('hex'), scheme as SignatureScheme)).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });
});

it('accepts none of many mutations of body, signature and secret (a million: tools/mutate-signatures.mjs)', async () => {
  const signature = sha256().toString('hex');
  let accepted = 0;
  for (let round = 0; round < 2_000; round += 1) {
    const at = (round * 7919) % (bytes.length * 8);
    const mutated = Uint8Array.from(bytes);
    mutated[at >> 3] = (mutated[at >> 3] ?? 0) ^ (1 << (at & 7));
    const digit = round % 64;
    const wrong = ((Number.parseInt(signature.charAt(digit), 16) + 1 + (round % 15)) % 16).toString(16);
    const altered = signature.slice(0, digit) + wrong + signature.slice(digit + 1);
    for (const options of [
      { body: mutated, signature, secrets: relaySecret },
      { body: bytes, signature: altered, secrets: relaySecret },
      { body: bytes, signature, secrets: `${relaySecret}${round}` },
    ]) {
      if (await verifySignature({ ...options, scheme: momoProxy })) accepted += 1;
    }
  }
  expect(accepted).toBe(0);
});

import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { checkCallbackUrl, createCallbackUrl, MomoError, verifyCallbackUrl } from '../../src/callback/index.js';
import { dayMs, otherReferenceId, referenceId, signedUrl, startMs, urlSecret } from './support.js';

const expiresAtMs = startMs + dayMs;
const make = (options: object = {}) =>
  createCallbackUrl({
    baseUrl: 'https://pay.example.com/momo',
    referenceId,
    secret: urlSecret,
    expiresAtMs,
    ...options,
  } as Parameters<typeof createCallbackUrl>[0]);
const check = (url: string, secrets: string | string[] = urlSecret, nowMs = startMs) =>
  verifyCallbackUrl(url, secrets, nowMs);

describe('createCallbackUrl', () => {
  it('puts reference, expiry and a 128-bit signature in the path', async () => {
    expect(await make()).toMatch(
      new RegExp(`^https://pay\\.example\\.com/momo/${referenceId}/${expiresAtMs}/[A-Za-z0-9_-]{22}$`),
    );
  });

  it('takes a base without path, with a deep path, with trailing slashes, and a loopback over http', async () => {
    const starts: [string, string][] = [
      ['https://pay.example.com', 'https://pay.example.com/'],
      ['https://pay.example.com/', 'https://pay.example.com/'],
      ['https://pay.example.com/a/b//', 'https://pay.example.com/a/b/'],
      ['http://localhost:3000/momo', 'http://localhost:3000/momo/'],
    ];
    for (const [baseUrl, start] of starts) {
      const url = await make({ baseUrl });
      expect(url.startsWith(`${start}${referenceId}/`)).toBe(true);
      expect(await check(url)).toEqual({ referenceId });
    }
  });

  it('lower-cases the reference and does not look at the clock', async () => {
    const url = await make({ referenceId: referenceId.toUpperCase(), expiresAtMs: 1 });
    expect(url).toContain(`/${referenceId}/1/`);
    expect(await check(url)).toBeUndefined();
  });

  it.each<[string, object]>([
    ['baseUrl', { baseUrl: 'http://pay.example.com/momo' }],
    ['baseUrl', { baseUrl: 'https://10.0.0.1/momo' }],
    ['baseUrl', { baseUrl: 'https://pay.example.com:8443/momo' }],
    ['baseUrl', { baseUrl: 'https://user:pass@pay.example.com/momo' }],
    ['baseUrl', { baseUrl: 'https://pay.example.com/momo?a=1' }],
    ['baseUrl', { baseUrl: 'https://pay.example.com/momo?' }],
    ['baseUrl', { baseUrl: 'https://pay.example.com/momo#a' }],
    ['baseUrl', { baseUrl: '/momo' }],
    ['baseUrl', { baseUrl: undefined }],
    ['referenceId', { referenceId: 'order-7' }],
    ['referenceId', { referenceId: '00000000-0000-1000-8000-000000000000' }],
    ['secret', { secret: '' }],
    ['secret', { secret: 'fifteen-bytes-!' }],
    ['secret', { secret: undefined }],
    ['expiresAtMs', { expiresAtMs: 1.5 }],
    ['expiresAtMs', { expiresAtMs: 0 }],
    ['expiresAtMs', { expiresAtMs: Number.NaN }],
    ['expiresAtMs', { expiresAtMs: '1' }],
  ])('refuses a wrong %s with invalid_input, quoting nothing (%o)', async (path, options) => {
    const error = await make(options).catch((caught) => caught);
    expect(MomoError.is(error, 'invalid_input')).toBe(true);
    expect(error.issues.map((issue: { path: string }) => issue.path)).toContain(path);
    expect(inspect(error)).not.toMatch(/fifteen-bytes|user:pass|order-7/);
  });
});

describe('verifyCallbackUrl', () => {
  it('gives the reference id, for the URL, its path, a URL object, another host, a prefix, a query', async () => {
    const url = await signedUrl();
    const { pathname } = new URL(url);
    const forms = [
      url,
      pathname,
      `http://10.1.2.3:8080/internal/proxy${pathname}`,
      `${url}?utm_source=mtn&a=/b/c`,
      `${url}?`,
      new URL(url),
    ];
    for (const form of forms) expect(await verifyCallbackUrl(form, urlSecret, startMs)).toEqual({ referenceId });
  });

  it('takes the old secret during rotation, and not after', async () => {
    const url = await signedUrl();
    expect(await check(url, ['the-new-secret-0123456789', urlSecret])).toEqual({ referenceId });
    expect(await check(url, 'the-new-secret-0123456789')).toBeUndefined();
  });

  it('expires to the millisecond, and never lives for ever by a broken clock', async () => {
    const url = await signedUrl();
    expect(await check(url, urlSecret, expiresAtMs - 1)).toEqual({ referenceId });
    expect(await check(url, urlSecret, expiresAtMs)).toBeUndefined();
    expect(await check(url, urlSecret, Number.NaN)).toBeUndefined();
    expect(await check(url, urlSecret, Number.POSITIVE_INFINITY)).toBeUndefined();
  });

  it('refuses what is altered, truncated or not in its exact form', async () => {
    const url = await signedUrl();
    const signature = url.slice(-22);
    const sibling = String.fromCharCode(signature.charCodeAt(21) + 1);
    const altered = [
      url.replace(referenceId, otherReferenceId),
      url.replace(referenceId, referenceId.toUpperCase()),
      url.replace(referenceId, referenceId.replaceAll('-', '')),
      url.replace(String(expiresAtMs), String(expiresAtMs + 1)),
      url.replace(String(expiresAtMs), `0${expiresAtMs}`),
      url.replace(String(expiresAtMs), `${expiresAtMs}.0`),
      url.replace(String(expiresAtMs), '9'.repeat(20)),
      url.replace(String(expiresAtMs), ''),
      url.slice(0, -1),
      url.slice(0, -22),
      `${url}=`,
      `${url}==`,
      `${url}/`,
      `${url}A`,
      `${url}#fragment`,
      `${url}%20`,
      `${url.slice(0, -1)}${sibling}`, // the same 128 bits, if spare bits did not count
      url.slice(0, -22) + signature.split('').reverse().join(''),
      url.replace(/-/g, '%2D'),
      url.replace('/momo/', '/momo/').replace(`${expiresAtMs}/`, `${expiresAtMs}//`),
      `https://pay.example.com/?${new URL(url).pathname}`,
      '',
      '/',
      'not a url',
    ];
    for (const wrong of altered) expect(await check(wrong), wrong).toBeUndefined();
    for (const wrong of [undefined, null, 5, {}, []]) expect(await check(wrong as never)).toBeUndefined();
  });

  it('refuses every change of one character', async () => {
    const url = await signedUrl();
    const from = url.indexOf(referenceId);
    for (let index = from; index < url.length; index += 1) {
      for (const sign of ['0', 'a', '-', '_', '/', 'Z']) {
        if (url[index] === sign) continue;
        expect(await check(url.slice(0, index) + sign + url.slice(index + 1))).toBeUndefined();
      }
    }
  });

  it('is invalid_input for secrets that are missing or short', async () => {
    for (const secrets of ['', 'short', null, []]) {
      await expect(check(await signedUrl(), secrets as never)).rejects.toMatchObject({ code: 'invalid_input' });
    }
  });
});

describe('checkCallbackUrl', () => {
  it('has nothing against a plain https URL on the registered host', () => {
    expect(checkCallbackUrl('https://pay.example.com/momo', { providerCallbackHost: 'pay.example.com' })).toEqual({
      problems: [],
    });
    expect(checkCallbackUrl('https://pay.example.com/momo', { targetEnvironment: 'mtnuganda' }).problems).toEqual([]);
  });

  it.each<[string, string, RegExp, object?]>([
    ['no URL', 'pay.example.com', /absolute https URL/],
    ['another scheme', 'ftp://pay.example.com/', /absolute https URL/],
    ['http', 'http://pay.example.com/', /https/],
    ['an IPv4 address', 'https://10.0.0.1/', /IP address/],
    ['an IPv6 address', 'https://[2001:db8::1]/', /IP address/],
    ['a port', 'https://pay.example.com:8443/', /443/],
    ['credentials', 'https://user:pass@pay.example.com/', /credentials/],
    [
      'a subdomain of the host',
      'https://a.pay.example.com/',
      /subdomains/,
      { providerCallbackHost: 'pay.example.com' },
    ],
    ['a private name', 'https://intranet/', /public host name/],
    ['a fragment', 'https://pay.example.com/#a', /fragment/],
    ['this machine', 'http://localhost:3000/momo', /sandbox server/],
    ['this machine in production', 'https://127.0.0.1/momo', /nobody/, { targetEnvironment: 'mtnghana' }],
  ])('names %s as a problem', (_name, url, problem, options) => {
    expect(checkCallbackUrl(url, options).problems.join('; ')).toMatch(problem);
  });

  it('never quotes the URL', async () => {
    const url = (await signedUrl()).replace('https://', 'http://user:pass@').replace('.com', '.com:8080');
    const text = checkCallbackUrl(`${url}#x`, { providerCallbackHost: 'other.example.com' }).problems.join();
    expect(text).not.toMatch(new RegExp(`${referenceId}|${url.slice(-22)}|user|pass|pay\\.example|8080`));
  });
});

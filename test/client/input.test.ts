import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  MomoCollections,
  type MomoCollectionsOptions,
  MomoError,
  type MomoErrorOf,
  type RequestToPay,
} from '../../src/index.js';
import { createClientWorld, errorOf, request } from '../support/client-world.js';

const secrets = {
  subscriptionKey: 'CANARY-subscription-key',
  apiUser: 'CANARY-api-user',
  apiKey: 'CANARY-api-key',
} as const;

const options: MomoCollectionsOptions = { ...secrets, targetEnvironment: 'mtnrwanda' };

/** A client with marked secrets, and what it sent: it gets a token, and nothing else. */
function createClient(more: Partial<MomoCollectionsOptions> = {}) {
  const sent: Request[] = [];
  const client = new MomoCollections({
    ...options,
    fetch: async (input, init) => {
      const call = new Request(input, init);
      sent.push(call);
      const isTokenCall = call.url.endsWith('/collection/token/');
      return isTokenCall
        ? Response.json({ access_token: 'CANARY-token', expires_in: 3600 })
        : new Response(null, { status: 400 });
    },
    ...more,
  });
  return { client, sent };
}

/** All the ways an error gets into a log. */
function printed(error: MomoError): string {
  return [inspect(error, { depth: 20, showHidden: true }), JSON.stringify(error), String(error), error.stack].join(
    '\n',
  );
}

function invalidInputOf(error: unknown): MomoErrorOf<'invalid_input'> {
  if (!MomoError.is(error, 'invalid_input'))
    throw error instanceof Error ? error : new Error(`taken: ${String(error)}`);
  expect(error.isRetryable).toBe(false);
  for (const { path, message } of error.issues) expect(error.message).toContain(`${path} ${message}`.trim());
  return error;
}

function pathsOf(error: unknown): string[] {
  return invalidInputOf(error).issues.map(({ path }) => path);
}

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

const rwandan: RequestToPay = { amount: '5000', currency: 'RWF', externalId: 'order-17', payer: '250788123456' };
const v1 = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';

describe('a bad request is refused before any call', () => {
  test.each<[string, Partial<MomoCollectionsOptions>, object, string]>([
    ['an amount with an exponent', {}, { amount: '1e3' }, 'amount'],
    ['an amount of zero', {}, { amount: '0' }, 'amount'],
    ['an amount of zero with zeros', { targetEnvironment: 'mtnghana' }, { amount: '0.00', currency: 'GHS' }, 'amount'],
    ['a number zero', {}, { amount: 0 }, 'amount'],
    ['a number below zero', {}, { amount: -5 }, 'amount'],
    ['a bigint below zero', {}, { amount: -5n }, 'amount'],
    ['an amount below zero', {}, { amount: '-1' }, 'amount'],
    ['an amount with a plus', {}, { amount: '+1' }, 'amount'],
    ['three decimals in EUR', { targetEnvironment: 'sandbox' }, { amount: '1.005', currency: 'EUR' }, 'amount'],
    ['decimals in RWF', {}, { amount: '10.50' }, 'amount'],
    ['a decimal zero in RWF', {}, { amount: '10.0' }, 'amount'],
    ['decimals in UGX', { targetEnvironment: 'mtnuganda' }, { amount: '10.5', currency: 'UGX' }, 'amount'],
    [
      'decimals in XOF, in small letters',
      { targetEnvironment: 'mtnbenin' },
      { amount: '10.5', currency: 'xof' },
      'amount',
    ],
    ['a float that is not exact', { targetEnvironment: 'mtnghana' }, { amount: 0.1 + 0.2, currency: 'GHS' }, 'amount'],
    ['a float', { targetEnvironment: 'mtnghana' }, { amount: 12.5, currency: 'GHS' }, 'amount'],
    ['an unsafe integer', {}, { amount: Number.MAX_SAFE_INTEGER + 1 }, 'amount'],
    ['NaN', {}, { amount: Number.NaN }, 'amount'],
    ['Infinity', {}, { amount: Number.POSITIVE_INFINITY }, 'amount'],
    ['a hexadecimal amount', {}, { amount: '0x10' }, 'amount'],
    ['Arabic digits', {}, { amount: '١٢٣' }, 'amount'],
    ['full-width digits', {}, { amount: '１２' }, 'amount'],
    ['an amount with a comma', {}, { amount: '1,000' }, 'amount'],
    ['an amount with a space', {}, { amount: '1 000' }, 'amount'],
    ['an amount with a space before it', {}, { amount: ' 1' }, 'amount'],
    ['an amount with a line end', {}, { amount: '1\n' }, 'amount'],
    ['two dots', { targetEnvironment: 'mtnghana' }, { amount: '1.2.3', currency: 'GHS' }, 'amount'],
    ['a dot at the end', { targetEnvironment: 'mtnghana' }, { amount: '1.', currency: 'GHS' }, 'amount'],
    ['a dot at the start', { targetEnvironment: 'mtnghana' }, { amount: '.5', currency: 'GHS' }, 'amount'],
    ['an empty amount', {}, { amount: '' }, 'amount'],
    ['no amount', {}, { amount: undefined }, 'amount'],
    ['null for an amount', {}, { amount: null }, 'amount'],
    ['a list for an amount', {}, { amount: ['5'] }, 'amount'],
    ['true for an amount', {}, { amount: true }, 'amount'],
    ['a currency of two letters', {}, { currency: 'RW' }, 'currency'],
    ['a currency of four letters', {}, { currency: 'RWFF' }, 'currency'],
    ['a currency with a digit', {}, { currency: 'RW1' }, 'currency'],
    ['a currency with a space', {}, { currency: 'RWF ' }, 'currency'],
    ['two letters that become three in capitals', {}, { currency: 'rß' }, 'currency'],
    ['a letter that is ASCII only in capitals', {}, { currency: 'zmſ' }, 'currency'],
    ['no currency', {}, { currency: undefined }, 'currency'],
    ['a list for a currency', {}, { currency: ['RWF'] }, 'currency'],
    ['GHS in the sandbox', { targetEnvironment: 'sandbox' }, { currency: 'GHS' }, 'currency'],
    ['RWF in the sandbox', { targetEnvironment: 'sandbox' }, { currency: 'RWF' }, 'currency'],
    ['an empty external id', {}, { externalId: '' }, 'externalId'],
    ['an external id of spaces', {}, { externalId: '  ' }, 'externalId'],
    ['no external id', {}, { externalId: undefined }, 'externalId'],
    ['a number for an external id', {}, { externalId: 17 }, 'externalId'],
    ['a short number', {}, { payer: '12' }, 'payer'],
    ['seven digits', {}, { payer: '1234567' }, 'payer'],
    ['sixteen digits', {}, { payer: '1234567890123456' }, 'payer'],
    ['a phone number with letters', {}, { payer: '25078812345x' }, 'payer'],
    ['a phone number in Arabic digits', {}, { payer: '٢٥٠٧٨٨١٢٣٤٥٦' }, 'payer'],
    ['no payer', {}, { payer: undefined }, 'payer'],
    ['a number for a payer', {}, { payer: 250788123456 }, 'payer'],
    ['an empty party', {}, { payer: {} }, 'payer'],
    ['a party of an unknown type', {}, { payer: { partyIdType: 'ALIAS', partyId: '250788123456' } }, 'payer'],
    ['a party of a prototype’s type', {}, { payer: { partyIdType: 'constructor', partyId: 'x' } }, 'payer'],
    ['a party with a short number', {}, { payer: { partyIdType: 'MSISDN', partyId: '12' } }, 'payer.partyId'],
    ['a party without an id', {}, { payer: { partyIdType: 'MSISDN' } }, 'payer.partyId'],
    ['a bad address', {}, { payer: { partyIdType: 'EMAIL', partyId: 'a@b' } }, 'payer.partyId'],
    ['a bad party code', {}, { payer: { partyIdType: 'PARTY_CODE', partyId: '12' } }, 'payer.partyId'],
    ['a payer message that is no text', {}, { payerMessage: 5 }, 'payerMessage'],
    ['a payee note that is no text', {}, { payeeNote: {} }, 'payeeNote'],
    ['a reference id of version 1', {}, { referenceId: v1 }, 'referenceId'],
    ['a reference id that is a word', {}, { referenceId: 'order-17' }, 'referenceId'],
    ['an empty reference id', {}, { referenceId: '' }, 'referenceId'],
    ['null for a reference id', {}, { referenceId: null }, 'referenceId'],
    ['a nil reference id', {}, { referenceId: '00000000-0000-0000-0000-000000000000' }, 'referenceId'],
    ['a callback URL with http', {}, { callbackUrl: 'http://pay.example.com/cb' }, 'callbackUrl'],
    ['a callback URL with an IPv4', {}, { callbackUrl: 'https://203.0.113.7/cb' }, 'callbackUrl'],
    ['a callback URL with an IPv4 in one number', {}, { callbackUrl: 'https://3405803783/cb' }, 'callbackUrl'],
    ['a callback URL with an IPv6', {}, { callbackUrl: 'https://[2001:db8::1]/cb' }, 'callbackUrl'],
    ['a callback URL with credentials', {}, { callbackUrl: 'https://me:CANARY@pay.example.com/cb' }, 'callbackUrl'],
    ['a callback URL with a port', {}, { callbackUrl: 'https://pay.example.com:8443/cb' }, 'callbackUrl'],
    ['a callback URL of another scheme', {}, { callbackUrl: 'ftp://pay.example.com/cb' }, 'callbackUrl'],
    ['a callback URL without a scheme', {}, { callbackUrl: 'pay.example.com/cb' }, 'callbackUrl'],
    ['a relative callback URL', {}, { callbackUrl: '/cb' }, 'callbackUrl'],
    ['an empty callback URL', {}, { callbackUrl: '' }, 'callbackUrl'],
    ['null for a callback URL', {}, { callbackUrl: null }, 'callbackUrl'],
    ['a callback URL with a line end', {}, { callbackUrl: 'https://pay.example.com/cb\r\nX-Evil: 1' }, 'callbackUrl'],
    ['a loopback callback for the real MTN', {}, { callbackUrl: 'http://localhost:3000/cb' }, 'callbackUrl'],
    [
      'a callback URL on another host',
      { providerCallbackHost: 'pay.example.com' },
      { callbackUrl: 'https://evil.example.com/cb' },
      'callbackUrl',
    ],
    [
      'a callback URL on a subdomain',
      { providerCallbackHost: 'pay.example.com' },
      { callbackUrl: 'https://a.pay.example.com/cb' },
      'callbackUrl',
    ],
  ])('%s', async (_, more, change, path) => {
    const { client, sent } = createClient(more);
    let hasReference = false;
    const bad = { ...rwandan, ...change } as RequestToPay;
    const onReference = () => {
      hasReference = true;
    };
    for (const error of [
      await errorOf(client.requestToPay(bad)),
      await errorOf(client.collect(bad, { onReference })),
    ]) {
      expect([...new Set(pathsOf(error))]).toEqual([path]);
      expect(printed(error as MomoError)).not.toMatch(/CANARY|250788123456|123456789|evil/);
    }
    expect(sent).toEqual([]);
    expect(hasReference).toBe(false);
  });

  test('every problem is listed at once, each at its path', async () => {
    const { client, sent } = createClient({ providerCallbackHost: 'pay.example.com' });
    const error = await errorOf(
      client.requestToPay({
        amount: '1e3',
        currency: 'R',
        externalId: '',
        payer: { partyIdType: 'MSISDN', partyId: 'CANARY' },
        payerMessage: 1,
        payeeNote: 2,
        referenceId: v1,
        callbackUrl: 'http://me:CANARY@203.0.113.7:81/CANARY',
      } as unknown as RequestToPay),
    );
    expect([...new Set(pathsOf(error))].sort()).toEqual([
      'amount',
      'callbackUrl',
      'currency',
      'externalId',
      'payeeNote',
      'payer.partyId',
      'payerMessage',
      'referenceId',
    ]);
    // Credentials, scheme, address, port and host: each is said.
    expect(pathsOf(error).filter((path) => path === 'callbackUrl')).toHaveLength(5);
    expect(printed(error as MomoError)).not.toContain('CANARY');
    expect(sent).toEqual([]);
  });

  test('fields that were mixed up are refused without showing the phone number', async () => {
    const { client } = createClient();
    const error = await errorOf(
      client.requestToPay({ amount: '1.005', currency: '250788123456', externalId: 'order-17', payer: 'RWF' }),
    );
    expect(pathsOf(error)).toEqual(expect.arrayContaining(['currency', 'payer']));
    expect(printed(error as MomoError)).not.toContain('250788123456');
  });

  test.each([undefined, null, 'order-17', 7, [], {}])('%j for a request is refused', async (bad) => {
    const { client, sent } = createClient();
    const error = await errorOf(client.requestToPay(bad as unknown as RequestToPay));
    expect(pathsOf(error)).toEqual(expect.arrayContaining(['amount', 'currency', 'externalId', 'payer']));
    expect(sent).toEqual([]);
  });

  // What JSON.parse and query-string parsers make of a body that a stranger wrote.
  test.each(['amount', 'currency', 'externalId', 'payer', 'payerMessage', 'payeeNote', 'referenceId', 'callbackUrl'])(
    'an object in the place of %s that cannot become text is invalid input like any other',
    async (field) => {
      for (const odd of [JSON.parse('{"toString":1}'), Object.create(null)]) {
        const { client, sent } = createClient();
        const error = await errorOf(client.requestToPay({ ...rwandan, [field]: odd }));
        expect(pathsOf(error)).toContain(field);
        expect(sent).toEqual([]);
      }
    },
  );

  test('a party type that only reads like one is refused', async () => {
    const { client, sent } = createClient();
    const payer = { partyIdType: ['EMAIL'], partyId: 'a@example.com' };
    expect(pathsOf(await errorOf(client.requestToPay({ ...rwandan, payer } as unknown as RequestToPay)))).toContain(
      'payer',
    );
    expect(sent).toEqual([]);
  });

  test.each([
    [{ deadlineMs: -1 }, 'deadlineMs'],
    [{ deadlineMs: Number.NaN }, 'deadlineMs'],
    [{ deadlineMs: '60000' }, 'deadlineMs'],
    [{ signal: {} }, 'signal'],
  ])('call options %j are refused on every method', async (callOptions, path) => {
    const { client, sent } = createClient();
    const bad = callOptions as object;
    const referenceId = crypto.randomUUID();
    for (const call of [
      client.requestToPay(rwandan, bad),
      client.getRequestToPay(referenceId, bad),
      client.pollUntilFinal(referenceId, bad),
      client.collect(rwandan, bad),
      client.getToken(bad),
    ]) {
      expect(pathsOf(await errorOf(call))).toContain(path);
    }
    expect(sent).toEqual([]);
  });

  test('a schedule that makes no sense stops a collect before the reference id is given out', async () => {
    const { client, sent } = createClient();
    let isGivenOut = false;
    const onReference = () => {
      isGivenOut = true;
    };
    const schedule = { firstMs: 0, factor: 0, maxMs: 0 };
    const paths = pathsOf(await errorOf(client.collect(rwandan, { schedule, onReference })));
    expect(paths.sort()).toEqual(['schedule.factor', 'schedule.firstMs', 'schedule.maxMs']);
    expect([sent.length, isGivenOut]).toEqual([0, false]);
  });

  test('a hook that is no function is told of together with all else that is wrong', async () => {
    const { client, sent } = createClient();
    const hooks = { onUpdate: 'x', read: 1 } as never;
    expect(pathsOf(await errorOf(client.pollUntilFinal('x', hooks))).sort()).toEqual([
      'onUpdate',
      'read',
      'referenceId',
    ]);
    const paths = pathsOf(await errorOf(client.collect({ ...rwandan, amount: '-1' }, hooks)));
    expect(paths.sort()).toEqual(['amount', 'onUpdate', 'read']);
    expect(sent).toEqual([]);
  });

  test('a party whose id cannot be made a text is refused, whatever asks for it', async () => {
    const { client, sent } = createClient();
    const partyId = {
      toString() {
        throw new Error('CANARY');
      },
    };
    for (const id of [partyId, Symbol('CANARY'), '\ud800']) {
      const party = { partyIdType: 'MSISDN', partyId: id } as never;
      expect(pathsOf(await errorOf(client.requestToPay({ ...rwandan, payer: party })))).toEqual(['payer.partyId']);
      expect(pathsOf(await errorOf(client.isAccountHolderActive(party)))).toEqual(['party.partyId']);
    }
    expect(sent).toEqual([]);
  });
});

describe('a good request goes out as MTN wants it', () => {
  async function wireOf(change: object, more: Partial<MomoCollectionsOptions> = {}) {
    const world = createClientWorld(more);
    const accepted = await world.client.requestToPay({ ...request, ...change });
    const [call] = world.sent('create');
    if (call === undefined) throw new Error('nothing was sent');
    return { accepted, headers: call.headers, body: JSON.parse(call.body) as Record<string, unknown> };
  }

  test.each<[RequestToPay['amount'], string]>([
    ['12.50', '12.50'],
    ['12.5', '12.5'],
    ['0.01', '0.01'],
    ['5', '5'],
    [5, '5'],
    [5n, '5'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
    [2n ** 70n, '1180591620717411303424'],
    ['9007199254740993.01', '9007199254740993.01'],
  ])('the amount %s as the text "%s"', async (amount, text) => {
    expect((await wireOf({ amount })).body.amount).toBe(text);
  });

  test('the currency in capitals', async () => {
    expect((await wireOf({ currency: 'eur' })).body.currency).toBe('EUR');
  });

  test.each<[RequestToPay['payer'], object]>([
    ['+256 772 123 456', { partyIdType: 'MSISDN', partyId: '256772123456' }],
    ['256-772-123-456', { partyIdType: 'MSISDN', partyId: '256772123456' }],
    [
      { partyIdType: 'MSISDN', partyId: '+256 772-123-456' },
      { partyIdType: 'MSISDN', partyId: '256772123456' },
    ],
    [
      { partyIdType: 'EMAIL', partyId: 'payer@example.com' },
      { partyIdType: 'EMAIL', partyId: 'payer@example.com' },
    ],
    [
      { partyIdType: 'PARTY_CODE', partyId: '5cecb5a7-8bd0-4f49-87b1-8eb9ecc7b7bc' },
      { partyIdType: 'PARTY_CODE', partyId: '5cecb5a7-8bd0-4f49-87b1-8eb9ecc7b7bc' },
    ],
  ])('the payer %j as a party of MTN’s', async (payer, party) => {
    expect((await wireOf({ payer })).body.payer).toEqual(party);
  });

  test('and of an own party only the two fields MTN knows', async () => {
    const payer = { partyIdType: 'MSISDN', partyId: '256772123456', name: 'private', __proto__: { a: 1 } };
    expect((await wireOf({ payer })).body.payer).toEqual({ partyIdType: 'MSISDN', partyId: '256772123456' });
  });

  test('fields we do not know stay at home', async () => {
    const { body } = await wireOf({ status: 'SUCCESSFUL', customer: 'private' });
    expect(Object.keys(body).sort()).toEqual([
      'amount',
      'currency',
      'externalId',
      'payeeNote',
      'payer',
      'payerMessage',
    ]);
  });

  test.each<[object, string, string]>([
    [{}, 'order-1', 'order-1'],
    [{ payerMessage: '', payeeNote: '' }, 'order-1', 'order-1'],
    [{ payerMessage: null, payeeNote: undefined }, 'order-1', 'order-1'],
    [{ payerMessage: 'مرحبا', payeeNote: '  ' }, 'order-1', 'order-1'],
    [{ payerMessage: 'Thé & café', payeeNote: 'Table 5' }, 'The and cafe', 'Table 5'],
    [{ externalId: 'Facture n° 17 & co' }, 'Facture n 17 and co', 'Facture n 17 and co'],
    [{ payerMessage: 'x'.repeat(300) }, 'x'.repeat(128), 'order-1'],
  ])('the notes of %j', async (change, payerMessage, payeeNote) => {
    const { body } = await wireOf(change);
    expect([body.payerMessage, body.payeeNote]).toEqual([payerMessage, payeeNote]);
  });

  test('notes with words of our own when not even the external id can be written', async () => {
    const { body } = await wireOf({ externalId: 'مرحبا' });
    for (const note of [body.payerMessage, body.payeeNote]) expect(note).toMatch(/^[ -~]+$/);
    expect(body.externalId).toBe('مرحبا');
  });

  test('the external id untouched', async () => {
    expect((await wireOf({ externalId: "N°17 d'été & co" })).body.externalId).toBe("N°17 d'été & co");
  });

  test('the caller’s reference id in small letters, and answers with it', async () => {
    const referenceId = '7F3C2B1A-5D4E-4F60-8A9B-0C1D2E3F4A5B';
    const { accepted, headers } = await wireOf({ referenceId });
    expect(headers['x-reference-id']).toBe(referenceId.toLowerCase());
    expect(accepted.referenceId).toBe(referenceId.toLowerCase());
  });

  test('a new reference id of version 4 for each request without one', async () => {
    const { client, sent } = createClientWorld();
    const ids = new Set<string>();
    for (let count = 0; count < 20; count++) ids.add((await client.requestToPay(request)).referenceId);
    expect(ids.size).toBe(20);
    expect(sent('create').map(({ headers }) => headers['x-reference-id'])).toEqual([...ids]);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  test('with the answer saying where it was made', async () => {
    const { accepted } = await wireOf({});
    expect(accepted).toEqual({
      referenceId: expect.any(String),
      outcome: 'accepted',
      compared: false,
      attempts: 1,
      targetEnvironment: 'sandbox',
      baseUrl: 'https://sandbox.momodeveloper.mtn.com',
    });
  });

  test('without a callback header when there is no callback URL', async () => {
    const { headers } = await wireOf({});
    expect(headers).not.toHaveProperty('x-callback-url');
    expect((await wireOf({ callbackUrl: undefined })).headers).not.toHaveProperty('x-callback-url');
  });

  test('with the client’s callback URL, or the request’s own', async () => {
    const callbackUrl = 'https://pay.example.com/cb/17';
    expect((await wireOf({}, { callbackUrl })).headers['x-callback-url']).toBe(callbackUrl);
    const own = 'https://pay.example.com/cb/18';
    expect((await wireOf({ callbackUrl: own }, { callbackUrl })).headers['x-callback-url']).toBe(own);
    expect((await wireOf({ callbackUrl: undefined }, { callbackUrl })).headers['x-callback-url']).toBe(callbackUrl);
  });

  test.each(['https://pay.example.com/cb', 'https://PAY.example.com/cb', 'https://pay.example.com:443/cb?a=1'])(
    'with the callback URL %s on the registered host',
    async (callbackUrl) => {
      const { headers } = await wireOf({ callbackUrl }, { providerCallbackHost: 'Pay.Example.com' });
      expect(headers['x-callback-url']).toBe(callbackUrl);
    },
  );
});

describe('the options of a client', () => {
  function problemsOf(change: object): string[] {
    const error = thrownBy(() => new MomoCollections({ ...options, ...change } as MomoCollectionsOptions));
    expect(printed(invalidInputOf(error))).not.toMatch(/CANARY/);
    return pathsOf(error);
  }

  test.each(['subscriptionKey', 'apiUser', 'apiKey'])('%s that is empty, missing or unprintable is refused', (name) => {
    for (const bad of [
      '',
      undefined,
      null,
      7,
      {},
      'CANARY\r\nX-Evil: 1',
      'CANARY\n',
      'CANARYé',
      'CANARY\0',
      ' ',
      '\t',
    ]) {
      expect([...new Set(problemsOf({ [name]: bad }))]).toEqual([name]);
    }
  });

  test('every problem is listed at once', () => {
    const paths = problemsOf({
      subscriptionKey: '',
      apiUser: 'CANARY\r\n',
      apiKey: undefined,
      targetEnvironment: 'production',
      baseUrl: 'http://example.com',
      callbackUrl: 'http://203.0.113.7/CANARY',
      providerCallbackHost: 'https://pay.example.com',
      timeoutMs: 0,
      maxStatusReadsPerSecond: Number.NaN,
      fetch: 'CANARY',
      random: 4,
      onEvent: {},
      clock: {},
      tokenStore: {},
    });
    expect([...new Set(paths)].sort()).toEqual([
      'apiKey',
      'apiUser',
      'baseUrl',
      'callbackUrl',
      'clock.now',
      'clock.sleep',
      'fetch',
      'maxStatusReadsPerSecond',
      'onEvent',
      'providerCallbackHost',
      'random',
      'subscriptionKey',
      'targetEnvironment',
      'timeoutMs',
      'tokenStore.delete',
      'tokenStore.get',
      'tokenStore.set',
    ]);
  });

  test.each([undefined, null, {}, 'key', 7])('%j for the options is refused', (bad) => {
    const error = thrownBy(() => new MomoCollections(bad as unknown as MomoCollectionsOptions));
    expect(pathsOf(error)).toEqual(['subscriptionKey', 'apiUser', 'apiKey', 'targetEnvironment']);
  });

  test.each(['a-b-c', 'user 17', '7f3c2b1a-5d4e-4f60-8a9b-0c1d2e3f4a5b', '42'])(
    'the API user "%s" is taken',
    async (apiUser) => {
      const { client, sent } = createClient({ apiUser });
      await client.getToken();
      expect(sent[0]?.headers.get('authorization')).toBe(`Basic ${btoa(`${apiUser}:${secrets.apiKey}`)}`);
    },
  );

  test.each(['production', 'Production', 'PRODUCTION'])(
    'the target environment "%s" is refused with a hint',
    (name) => {
      for (const baseUrl of [undefined, 'https://proxy.momoapi.mtn.com']) {
        const error = invalidInputOf(
          thrownBy(() => new MomoCollections({ ...options, targetEnvironment: name, baseUrl })),
        );
        expect(error.issues.find(({ path }) => path === 'targetEnvironment')?.message).toMatch(/sandbox.*mtnrwanda/);
      }
    },
  );

  test.each(['', 'mtn rwanda', 'mtnrwanda\r\nX-Evil: 1', undefined, null, 7, {}])(
    'the target environment %j is refused',
    (targetEnvironment) => {
      expect(problemsOf({ targetEnvironment, baseUrl: 'https://momo.example.com' })).toContain('targetEnvironment');
    },
  );

  test.each(['mtnatlantis', 'constructor', '__proto__', 'toString'])(
    'the environment "%s", which we do not know, needs a base URL, and then works',
    async (targetEnvironment) => {
      expect(problemsOf({ targetEnvironment })).toEqual(['baseUrl']);
      const { client, sent } = createClient({ targetEnvironment, baseUrl: 'https://momoapi.momo.africa' });
      await client.getToken();
      expect(sent[0]?.url).toBe('https://momoapi.momo.africa/collection/token/');
      expect(sent[0]?.headers.get('x-target-environment')).toBe(targetEnvironment);
    },
  );

  test.each([
    'https://momo.example.com',
    'https://momo.example.com/',
    'https://momo.example.com:8443/api///',
    'http://localhost:8080',
    'http://127.0.0.1:8080/',
    'http://127.9.9.9',
    'http://[::1]:8080',
    'http://momo.localhost:8080',
  ])('the base URL %s is taken, with no slash doubled', async (baseUrl) => {
    const { client, sent } = createClient({ baseUrl });
    await client.getToken();
    expect(sent[0]?.url).toBe(`${baseUrl.replace(/\/+$/, '')}/collection/token/`);
  });

  test.each([
    'http://momo.example.com',
    'http://localhost.example.com',
    'http://127.0.0.1.example.com',
    'http://localhost@example.com',
    'http://192.168.0.1',
    'http://10.0.0.1',
    'http://0.0.0.0',
    'http://128.0.0.1',
    'ftp://localhost',
    'ws://localhost',
    'localhost:8080',
    'momo.example.com',
    '/collection',
    '',
    'https://',
    'https://me:CANARY@momo.example.com',
    'https://momo.example.com?key=CANARY',
    'https://momo.example.com/#CANARY',
    'https://momo.example.com/collection',
    'https://momo.example.com/collection/',
    'https://momo.example.com\r\nCANARY',
    ' https://momo.example.com',
    7,
  ])('the base URL %j is refused', (baseUrl) => {
    expect(new Set(problemsOf({ baseUrl }))).toEqual(new Set(['baseUrl']));
  });

  test.each([
    ['http://pay.example.com/cb'],
    ['https://203.0.113.7/cb'],
    ['https://[::1]/cb'],
    ['https://me:CANARY@pay.example.com/cb'],
    ['https://pay.example.com:8443/cb'],
    ['not a url'],
    [''],
    [7],
  ])('the callback URL %j is refused', (callbackUrl) => {
    expect(new Set(problemsOf({ callbackUrl }))).toEqual(new Set(['callbackUrl']));
  });

  test('a callback URL on another host than the registered one is refused, its path unseen', () => {
    const hosted = { providerCallbackHost: 'pay.example.com' };
    expect(problemsOf({ ...hosted, callbackUrl: 'https://evil.example.com/CANARY' })).toEqual(['callbackUrl']);
    expect(problemsOf({ ...hosted, callbackUrl: 'https://pay.example.com.evil.com/CANARY' })).toEqual(['callbackUrl']);
    expect(
      () => new MomoCollections({ ...options, ...hosted, callbackUrl: 'https://pay.example.com/cb' }),
    ).not.toThrow();
  });

  test.each([
    'https://pay.example.com',
    'pay.example.com/cb',
    'pay.example.com:8443',
    'me@pay.example.com',
    '',
    ' ',
    'a b',
    7,
  ])('the provider callback host %j is refused', (providerCallbackHost) => {
    expect(problemsOf({ providerCallbackHost })).toEqual(['providerCallbackHost']);
  });

  test('on a loopback, callbacks may be http, on any host and port, but never with credentials', async () => {
    const loopback = { baseUrl: 'http://localhost:8080', providerCallbackHost: 'pay.example.com' } as const;
    for (const callbackUrl of [
      'http://localhost:3000/cb',
      'http://127.0.0.1:3000/cb',
      'https://other.example:8443/cb',
    ]) {
      expect(() => new MomoCollections({ ...options, ...loopback, callbackUrl })).not.toThrow();
      const { client } = createClient(loopback);
      const signal = AbortSignal.abort();
      await expect(client.requestToPay({ ...rwandan, callbackUrl }, { signal })).rejects.toMatchObject({
        code: 'aborted',
      });
    }
    expect(problemsOf({ ...loopback, callbackUrl: 'http://me:CANARY@localhost:3000/cb' })).toEqual(['callbackUrl']);
    expect(problemsOf({ ...loopback, callbackUrl: 'ftp://localhost/cb' })).toEqual(['callbackUrl']);
  });

  test.each([
    ['timeoutMs', 0],
    ['timeoutMs', -1],
    ['timeoutMs', Number.NaN],
    ['timeoutMs', '30000'],
    ['maxStatusReadsPerSecond', 0],
    ['maxStatusReadsPerSecond', Number.NaN],
    ['maxStatusReadsPerSecond', '8'],
  ])('%s of %j is refused', (name, value) => {
    expect(problemsOf({ [name]: value })).toEqual([name]);
  });

  test('Infinity turns the budget of reads off, and undefined is not given', () => {
    const none = { tokenStore: undefined, fetch: undefined, random: undefined, clock: undefined, onEvent: undefined };
    const more = { maxStatusReadsPerSecond: Number.POSITIVE_INFINITY, timeoutMs: undefined, callbackUrl: undefined };
    expect(() => new MomoCollections({ ...options, ...none, ...more })).not.toThrow();
  });

  test('a secret that cannot become text is refused like any other', () => {
    for (const name of ['subscriptionKey', 'apiUser', 'apiKey']) {
      for (const odd of [JSON.parse('{"toString":1}'), Object.create(null)])
        expect(problemsOf({ [name]: odd })).toEqual([name]);
    }
  });
});

describe('a client from the environment', () => {
  const env = {
    MTN_SUBSCRIPTION_KEY: 'CANARY-key',
    MTN_API_USER: 'CANARY-user',
    MTN_API_KEY: 'CANARY-secret',
    MTN_TARGET_ENV: 'mtnrwanda',
  };

  async function firstCallOf(variables: object, overrides: Partial<MomoCollectionsOptions> = {}) {
    const sent: Request[] = [];
    const client = MomoCollections.fromEnv(variables, {
      fetch: async (input, init) => {
        sent.push(new Request(input, init));
        if (sent.length === 1) return Response.json({ access_token: 'token', expires_in: 3600 });
        return new Response(null, { status: 202 });
      },
      ...overrides,
    });
    await client.requestToPay({ ...rwandan, currency: 'EUR' });
    const [token, create] = sent as [Request, Request];
    return {
      url: token.url,
      key: token.headers.get('ocp-apim-subscription-key'),
      authorization: token.headers.get('authorization'),
      environment: create.headers.get('x-target-environment'),
      callbackUrl: create.headers.get('x-callback-url'),
    };
  }

  test('takes the variables', async () => {
    expect(
      await firstCallOf({
        ...env,
        MTN_BASE_URL: 'https://momoapi.momo.africa',
        MTN_CALLBACK_URL: 'https://pay.example.com/cb',
        MTN_PROVIDER_CALLBACK_HOST: 'pay.example.com',
        PATH: '/bin',
      }),
    ).toEqual({
      url: 'https://momoapi.momo.africa/collection/token/',
      key: 'CANARY-key',
      authorization: `Basic ${btoa('CANARY-user:CANARY-secret')}`,
      environment: 'mtnrwanda',
      callbackUrl: 'https://pay.example.com/cb',
    });
  });

  test('takes an empty variable for an absent one', async () => {
    const empty = { MTN_BASE_URL: '', MTN_CALLBACK_URL: '', MTN_PROVIDER_CALLBACK_HOST: '' };
    expect(await firstCallOf({ ...env, ...empty })).toMatchObject({
      url: 'https://proxy.momoapi.mtn.co.rw/collection/token/',
      callbackUrl: null,
    });
  });

  test('lets overrides win, but not those that are undefined', async () => {
    const overrides: object = { targetEnvironment: 'sandbox', apiUser: undefined, subscriptionKey: 'other-key' };
    expect(await firstCallOf(env, overrides)).toMatchObject({
      url: 'https://sandbox.momodeveloper.mtn.com/collection/token/',
      environment: 'sandbox',
      key: 'other-key',
      authorization: `Basic ${btoa('CANARY-user:CANARY-secret')}`,
    });
  });

  test('checks the callback URL against the host of the environment', () => {
    const variables = {
      ...env,
      MTN_CALLBACK_URL: 'https://evil.example.com/CANARY',
      MTN_PROVIDER_CALLBACK_HOST: 'pay.example.com',
    };
    expect(pathsOf(thrownBy(() => MomoCollections.fromEnv(variables)))).toEqual(['MTN_CALLBACK_URL']);
  });

  test.each([{}, undefined, null, { MTN_API_KEY: '' }])('of %j names every variable that is missing', (variables) => {
    const error = thrownBy(() => MomoCollections.fromEnv(variables as object));
    expect(pathsOf(error)).toEqual(['MTN_SUBSCRIPTION_KEY', 'MTN_API_USER', 'MTN_API_KEY', 'MTN_TARGET_ENV']);
  });

  test('refuses "production" and a key with a line end by the names of the variables, and shows no secret', () => {
    const error = thrownBy(() =>
      MomoCollections.fromEnv({ ...env, MTN_TARGET_ENV: 'production', MTN_API_KEY: 'CANARY-secret\r\n' }),
    );
    expect(pathsOf(error)).toEqual(expect.arrayContaining(['MTN_TARGET_ENV', 'MTN_API_KEY']));
    expect(printed(error as MomoError)).not.toContain('CANARY');
  });
});

import { describe, expect, test } from 'vitest';
import { MomoCollections, targetEnvironments } from '../../src/index.js';

const shared = 'https://proxy.momoapi.mtn.com';

const expected: Readonly<Record<string, readonly [country: string | undefined, currency: string, baseUrl: string]>> = {
  sandbox: [undefined, 'EUR', 'https://sandbox.momodeveloper.mtn.com'],
  mtnuganda: ['Uganda', 'UGX', shared],
  mtnghana: ['Ghana', 'GHS', shared],
  mtnivorycoast: ["Côte d'Ivoire", 'XOF', shared],
  mtnzambia: ['Zambia', 'ZMW', shared],
  mtncameroon: ['Cameroon', 'XAF', shared],
  mtnbenin: ['Benin', 'XOF', shared],
  mtncongo: ['Congo-Brazzaville', 'XAF', shared],
  mtnswaziland: ['Eswatini', 'SZL', shared],
  mtnguineaconakry: ['Guinea', 'GNF', shared],
  mtnsouthafrica: ['South Africa', 'ZAR', shared],
  mtnliberia: ['Liberia', 'LRD', shared],
  mtnsouthsudan: ['South Sudan', 'SSP', shared],
  mtnnigeria: ['Nigeria', 'NGN', shared],
  mtnrwanda: ['Rwanda', 'RWF', 'https://proxy.momoapi.mtn.co.rw'],
  mtnguineabissau: ['Guinea-Bissau', 'XOF', shared],
  mtneswatini: ['Eswatini', 'SZL', shared],
};

describe('the target environments', () => {
  test('are the fifteen of MTN and the two that integrators use', () => {
    expect(Object.keys(targetEnvironments).sort()).toEqual(Object.keys(expected).sort());
  });

  test.each(Object.entries(expected))(
    '%s has its country, currency and base URL',
    (name, [country, currency, baseUrl]) => {
      const info = targetEnvironments[name as keyof typeof targetEnvironments];
      expect(info).toEqual({ ...(country === undefined ? {} : { country }), currency, baseUrl });
    },
  );

  test.each(Object.keys(expected))(
    'a client for %s needs no base URL, and says which one it used',
    async (targetEnvironment) => {
      const urls: string[] = [];
      const client = new MomoCollections({
        subscriptionKey: 'key',
        apiUser: 'a-b-c',
        apiKey: 'secret',
        targetEnvironment,
        fetch: async (input, init) => {
          urls.push(new Request(input, init).url);
          return Response.json({ access_token: 'token', expires_in: 3600 });
        },
      });
      await client.getToken();
      expect(urls).toEqual([`${expected[targetEnvironment]?.[2]}/collection/token/`]);
    },
  );
});

/** What is known of one target environment. */
export interface TargetEnvironmentInfo {
  /** Country name in English; none for the sandbox. */
  readonly country?: string;
  /** ISO 4217 code of the currency payments are made in. */
  readonly currency: string;
  /** Where the API answers, without a path. */
  readonly baseUrl: string;
}

/** The names alone are all that a client needs: it is smaller without the table, which the compiler holds to them. */
const countryEnvironments = [
  'mtnuganda',
  'mtnghana',
  'mtnivorycoast',
  'mtnzambia',
  'mtncameroon',
  'mtnbenin',
  'mtncongo',
  'mtnswaziland',
  'mtnguineaconakry',
  'mtnsouthafrica',
  'mtnliberia',
  'mtnsouthsudan',
  'mtnnigeria',
  'mtnrwanda',
  'mtnguineabissau',
  'mtneswatini',
] as const;

/** @inline */
type CountryEnvironment = (typeof countryEnvironments)[number];

const shared = 'https://proxy.momoapi.mtn.com';
const ofSandbox = 'https://sandbox.momodeveloper.mtn.com';
/** As integrators report it; it keeps its own accounts and keys. */
const ofRwanda = 'https://proxy.momoapi.mtn.co.rw';

/** @internal The base URL of an environment we know. */
export function baseUrlOf(name: string): string | undefined {
  if (name === 'sandbox') return ofSandbox;
  if (name === 'mtnrwanda') return ofRwanda;
  return countryEnvironments.includes(name as CountryEnvironment) ? shared : undefined;
}

/**
 * MTN's target environments: country, currency and base URL. The list is MTN's of 2026, with two names
 * (`mtnguineabissau`, `mtneswatini`) that only integrators use; a new one needs no new release, only a `baseUrl`.
 *
 * @example
 * ```ts
 * targetEnvironments.mtnrwanda.currency; // 'RWF'
 * ```
 */
export const targetEnvironments = {
  sandbox: { currency: 'EUR', baseUrl: ofSandbox },
  mtnuganda: { country: 'Uganda', currency: 'UGX', baseUrl: shared },
  mtnghana: { country: 'Ghana', currency: 'GHS', baseUrl: shared },
  mtnivorycoast: { country: "Côte d'Ivoire", currency: 'XOF', baseUrl: shared },
  mtnzambia: { country: 'Zambia', currency: 'ZMW', baseUrl: shared },
  mtncameroon: { country: 'Cameroon', currency: 'XAF', baseUrl: shared },
  mtnbenin: { country: 'Benin', currency: 'XOF', baseUrl: shared },
  mtncongo: { country: 'Congo-Brazzaville', currency: 'XAF', baseUrl: shared },
  mtnswaziland: { country: 'Eswatini', currency: 'SZL', baseUrl: shared },
  mtnguineaconakry: { country: 'Guinea', currency: 'GNF', baseUrl: shared },
  mtnsouthafrica: { country: 'South Africa', currency: 'ZAR', baseUrl: shared },
  mtnliberia: { country: 'Liberia', currency: 'LRD', baseUrl: shared },
  mtnsouthsudan: { country: 'South Sudan', currency: 'SSP', baseUrl: shared },
  mtnnigeria: { country: 'Nigeria', currency: 'NGN', baseUrl: shared },
  mtnrwanda: { country: 'Rwanda', currency: 'RWF', baseUrl: ofRwanda },
  mtnguineabissau: { country: 'Guinea-Bissau', currency: 'XOF', baseUrl: shared },
  mtneswatini: { country: 'Eswatini', currency: 'SZL', baseUrl: shared },
} as const satisfies Readonly<Record<'sandbox' | CountryEnvironment, TargetEnvironmentInfo>>;

/** A value of `X-Target-Environment`: the known names, open to others. */
export type TargetEnvironment = 'sandbox' | CountryEnvironment | (string & {});

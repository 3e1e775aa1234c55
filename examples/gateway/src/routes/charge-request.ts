import type { Party } from 'momo-collections';
import type { ChargeRequest } from 'momo-collections/ledger';
import type { App } from '../apps/apps.ts';
import type { Configuration } from '../configuration.ts';
import { callbackUrlProblem } from '../forwarding/callback-address.ts';

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const partyIdTypes: readonly unknown[] = ['MSISDN', 'EMAIL', 'PARTY_CODE'] satisfies Party['partyIdType'][];

/** The payer with the type as MTN writes it; adds what is wrong. Whether the id fits the type the ledger checks itself. */
function readPayer(payer: unknown, problems: string[]): Fields {
  if (!isObject(payer)) {
    problems.push('payer must be an object with partyIdType and partyId');
    return {};
  }
  const { partyIdType: type } = payer;
  const partyIdType = typeof type === 'string' ? type.toUpperCase() : undefined;
  if (!partyIdTypes.includes(partyIdType)) problems.push('payer.partyIdType must be MSISDN, EMAIL or PARTY_CODE');
  if (typeof payer.partyId !== 'string') problems.push('payer.partyId must be a string');
  return { partyIdType, partyId: payer.partyId };
}

/** A request to pay of this app's, or what is wrong with it. Amount and currency the ledger checks itself. */
export function readChargeRequest(
  text: string,
  app: App,
  { defaultCurrency, arePrivateCallbacksAllowed }: Configuration,
): { request: ChargeRequest } | { problem: string } {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { problem: 'The body must be JSON.' };
  }
  if (!isObject(body)) return { problem: 'The body must be a JSON object.' };
  const { amount, currency = defaultCurrency, externalId, payerMessage, payeeNote, callbackUrl } = body;
  const problems: string[] = [];
  const payer = readPayer(body.payer, problems);
  if (typeof externalId !== 'string' || externalId === '' || externalId.length > 256) {
    problems.push('externalId must be a text of 1 to 256 characters');
  }
  const hasCallback = callbackUrl !== undefined && callbackUrl !== null;
  const problem = hasCallback ? callbackUrlProblem(callbackUrl, arePrivateCallbacksAllowed) : undefined;
  if (problem !== undefined) problems.push(`callbackUrl ${problem}`);
  if (problems.length > 0) return { problem: `${problems.join('; ')}.` };
  const fields = { amount, currency, externalId, payer, payerMessage, payeeNote } as unknown as ChargeRequest;
  return {
    request: { ...fields, scope: app.id, ...(hasCallback && { metadata: { callbackUrl: String(callbackUrl) } }) },
  };
}

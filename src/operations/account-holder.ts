import type { Party } from '../payment/party.js';
import { closePlain, type Form, takeParty } from './create.js';
import type { PlainRequest } from './resource.js';
import { readFlag } from './wire.js';

/** The input of a call about one party's account. */
export interface HeldByParty {
  readonly party: string | Party;
}

/**
 * A read about the account of one party, which stands in the path: its type in lower case, as every call that was seen to
 * work has it.
 *
 * @throws MomoError `invalid_input`
 */
export function accountHolderRequest<Result>(
  form: Form<HeldByParty>,
  resource: string,
  suffix: string,
  read: PlainRequest<Result>['read'],
  noPartyCode?: boolean,
): PlainRequest<Result> {
  const { partyIdType, partyId } = takeParty(form, 'party', noPartyCode);
  const path = `v1_0/${resource}/${partyIdType.toLowerCase()}/${encodeURIComponent(partyId)}${suffix}`;
  return closePlain(form, 'GET', path, read);
}

/** MTN's contract has no shape for it: seen as an object and as a bare boolean. */
function readActive(json: unknown): boolean | undefined {
  return readFlag(json, 'result') ?? readFlag({ json }, 'json');
}

/** For an unknown number production answers false, and the sandbox 404. */
export function prepareIsActive(form: Form<HeldByParty>): PlainRequest<boolean> {
  return { ...accountHolderRequest(form, 'accountholder', '/active', readActive), ifNotFound: false };
}

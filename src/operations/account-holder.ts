import type { Party } from '../payment/party.js';
import { closePlain, Form, type InputContext, takeParty } from './create.js';
import type { Operation, PlainRequest } from './resource.js';
import { readFlag } from './wire.js';

/**
 * A read about the account of one party, which stands in the path: its type in lower case, as every call that was seen to
 * work has it.
 *
 * @throws MomoError `invalid_input`
 */
export function accountHolderRequest<Result>(
  operation: Operation,
  resource: string,
  suffix: string,
  party: string | Party,
  read: PlainRequest<Result>['read'],
  context: InputContext,
  noPartyCode?: boolean,
): PlainRequest<Result> {
  const form = new Form(operation, { party }, context);
  const { partyIdType, partyId } = takeParty(form, 'party', noPartyCode);
  const path = `v1_0/${resource}/${partyIdType.toLowerCase()}/${encodeURIComponent(partyId)}${suffix}`;
  return closePlain(form, 'GET', path, read);
}

/** MTN's contract has no shape for it: seen as an object and as a bare boolean. */
function readActive(json: unknown): boolean | undefined {
  return readFlag(json, 'result') ?? readFlag({ json }, 'json');
}

/** For an unknown number production answers false, and the sandbox 404. */
export function prepareIsActive(party: string | Party, context: InputContext): PlainRequest<boolean> {
  const request = accountHolderRequest('isAccountHolderActive', 'accountholder', '/active', party, readActive, context);
  return { ...request, ifNotFound: false };
}

import { checkParty } from '../../payment/party.js';
import { empty, json, Refusal, walletError } from '../answers.js';
import { withToken } from '../checks.js';
import type { AuthorizedExchange, Route } from '../route.js';
import { findAccountHolder } from '../scenarios.js';

const path = '/collection/v1_0/accountholder/{accountHolderIdType}/{accountHolderId}';

/** The one person MTN's sandbox knows, whatever the number. */
export const sandboxPerson = {
  given_name: 'Sand',
  family_name: 'Box',
  birthdate: '1976-08-13',
  locale: 'sv_SE',
  gender: 'MALE',
  status: 'ACTIVE',
} as const;

/** The account holder of the path, of one of these types. */
export function requireAccountHolder(params: AuthorizedExchange['params'], types: Readonly<Record<string, string>>) {
  const { accountHolderIdType: type = '', accountHolderId: id = '' } = params;
  const partyIdType = Object.hasOwn(types, type) ? types[type] : undefined;
  if (partyIdType === undefined) {
    throw new Refusal(empty(400, `the account holder type is none of ${Object.keys(types).join(', ')}`));
  }
  const refuse = () => {
    throw new Refusal(empty(400, `the account holder id is not of type ${type}`));
  };
  if (checkParty({ partyIdType, partyId: id }, refuse).partyId !== id) refuse();
  return { type, id };
}

export const accountHolderRoutes: readonly Route[] = [
  {
    operation: 'isAccountHolderActive',
    method: 'GET',
    path: `${path}/active`,
    handle: withToken(({ params }) => {
      const { type, id } = requireAccountHolder(params, {
        msisdn: 'MSISDN',
        email: 'EMAIL',
        party_code: 'PARTY_CODE',
      });
      const found = findAccountHolder(type, id);
      return 'code' in found ? walletError(found.status, found.code) : json(200, { result: found.isActive });
    }),
  },
  {
    operation: 'getBasicUserInfo',
    method: 'GET',
    path: `${path}/basicuserinfo`,
    handle: withToken(({ params }) => {
      // The contract writes MSISDN and Email; every call that was seen to work was in lower case.
      requireAccountHolder(params, { msisdn: 'MSISDN', MSISDN: 'MSISDN', email: 'EMAIL', Email: 'EMAIL' });
      return json(200, sandboxPerson);
    }),
  },
];

import { empty, Refusal, walletError } from '../answers.js';
import { withToken } from '../checks.js';
import { readJsonObject, readNote } from '../fields.js';
import type { Exchange, Route } from '../route.js';
import { requirePayment } from './resource.js';

/** The contract wants the text in a header; MTN's own example sends it in the body alone, and the sandbox takes that. */
function requireMessage({ headers, body }: Exchange): void {
  const inHeader = readNote(headers.get('notificationmessage') ?? undefined, 'notificationMessage (header)');
  const inBody = body === '' ? undefined : readJsonObject(headers, body).notificationMessage;
  if (readNote(inBody, 'notificationMessage') === undefined && inHeader === undefined) {
    throw new Refusal(empty(400, 'notificationMessage is missing in header and body'));
  }
}

export const deliveryNotificationRoutes: readonly Route[] = [
  {
    operation: 'sendDeliveryNotification',
    method: 'POST',
    path: '/collection/v1_0/requesttopay/{referenceId}/deliverynotification',
    handle: withToken((exchange) => {
      const language = exchange.headers.get('language');
      if (language !== null && !/^[a-z]{2,3}$/i.test(language)) return empty(400, 'Language is no ISO 639 code');
      requireMessage(exchange);
      // How long MTN takes notifications (410) and how many (429) is not published: faults make those.
      return requirePayment(exchange, 'requestToPay').status === 'SUCCESSFUL'
        ? empty(200)
        : walletError(409, 'NOT_SUCCESSFULLY_COMPLETED');
    }),
  },
];

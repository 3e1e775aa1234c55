import { sanitizeMessage } from '../payment/message.js';
import { closePlain, type InputContext, openForm, takeReferenceId, takeText } from './create.js';
import { accept, type PlainRequest } from './resource.js';

/** @throws MomoError `invalid_input`, with every problem */
export function prepareDeliveryNotification(
  id: string,
  message: string,
  language: string | undefined,
  context: InputContext,
): PlainRequest<true> {
  const form = openForm('sendDeliveryNotification', { referenceId: id, message, language }, context);
  const referenceId = takeReferenceId(form, true);
  const notificationMessage = typeof message === 'string' ? sanitizeMessage(message) : '';
  form.issues.check(notificationMessage !== '', 'message', 'must be a string, with something that MTN takes');
  if (language !== undefined) takeText(form, 'language', /^[a-z]{2,3}$/i, 'an ISO 639 code such as "fr"');
  // The contract wants the text in a header, MTN's own example in the body.
  const json = { notificationMessage };
  const path = `v1_0/requesttopay/${referenceId}/deliverynotification`;
  return closePlain(form, 'POST', path, accept, { referenceId, headers: { ...json, Language: language }, json });
}

import { sanitizeMessage } from '../payment/message.js';
import { checkReferenceId } from '../payment/reference-id.js';
import { closePlain, Form, type InputContext, takeText } from './create.js';
import { accept, type PlainRequest } from './resource.js';

/** @throws MomoError `invalid_input`, with every problem */
export function prepareDeliveryNotification(
  input: { readonly referenceId: string; readonly message: string; readonly language: string | undefined },
  context: InputContext,
): PlainRequest<true> {
  const form = new Form('sendDeliveryNotification', input, context);
  const referenceId = checkReferenceId(form, input.referenceId);
  const { message, language } = input;
  const notificationMessage = typeof message === 'string' ? sanitizeMessage(message) : '';
  form.check(notificationMessage !== '', 'message', 'must be a string, with something that MTN takes');
  if (language !== undefined) takeText(form, 'language', /^[a-z]{2,3}$/i, 'an ISO 639 code such as "fr"');
  // The contract wants the text in a header, MTN's own example in the body.
  const json = { notificationMessage };
  const path = `v1_0/requesttopay/${referenceId}/deliverynotification`;
  return closePlain(form, 'POST', path, accept, { referenceId, headers: { ...json, Language: language }, json });
}

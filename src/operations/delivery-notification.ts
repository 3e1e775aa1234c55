import { sanitizeMessage } from '../payment/message.js';
import { checkReferenceId } from '../payment/reference-id.js';
import { closePlain, type Form, takeText } from './create.js';
import { accept, type PlainRequest } from './resource.js';

/** @throws MomoError `invalid_input`, with every problem */
export function prepareDeliveryNotification(
  form: Form<{ readonly referenceId: string; readonly message: string; readonly language: string | undefined }>,
): PlainRequest<true> {
  const { message, language } = form.fields;
  const referenceId = checkReferenceId(form, form.fields.referenceId);
  const notificationMessage = typeof message === 'string' ? sanitizeMessage(message) : '';
  form.check(notificationMessage !== '', 'message', 'must be a string, with something that MTN takes');
  if (language !== undefined) takeText(form, 'language', /^[a-z]{2,3}$/i, 'an ISO 639 code such as "fr"');
  // The contract wants the text in a header, MTN's own example in the body.
  const json = { notificationMessage };
  const path = `v1_0/requesttopay/${referenceId}/deliverynotification`;
  return closePlain(form, 'POST', path, accept, {
    referenceId,
    headers: { ...json, Language: language as string },
    json,
  });
}

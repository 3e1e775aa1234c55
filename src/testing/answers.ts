/** What goes back to the caller, before it becomes a `Response`. */
export interface Answer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** For the record of calls only: why it was refused. */
  readonly problem?: string;
  /** The payment that the caller now sees as PENDING, when it waits for its payer. */
  readonly pendingReferenceId?: string;
}

/** Thrown by a check; ends the request with this answer. */
export class Refusal {
  readonly answer: Answer;
  constructor(answer: Answer) {
    this.answer = answer;
  }
}

// MTN publishes a fixed text for some codes; it is as it is ("Payee does not exist" for a payer).
const messages: Readonly<Record<string, string>> = {
  RESOURCE_NOT_FOUND: 'Requested resource was not found.',
  RESOURCE_ALREADY_EXIST: 'Duplicated reference id. Creation of resource failed.',
  INTERNAL_PROCESSING_ERROR: 'An internal error occurred while processing.',
  SERVICE_UNAVAILABLE: 'Service temporarily unavailable, try again later.',
  INVALID_CALLBACK_URL_HOST: 'Callback URL does not match the configured value.',
  INVALID_CURRENCY: 'Currency not supported.',
  NOT_ALLOWED: 'Authorization failed. Insufficient permissions.',
  NOT_ALLOWED_TARGET_ENVIRONMENT: 'Access to target environment is forbidden.',
  PAYER_NOT_FOUND: 'Payee does not exist',
};

/** MTN's `ErrorReason`: the message only where MTN publishes one. */
export function toErrorReason(code: string): { code: string; message?: string } {
  const message = Object.hasOwn(messages, code) ? messages[code] : undefined;
  return message === undefined ? { code } : { code, message };
}

export const gatewayTexts = {
  invalidKey:
    'Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription.',
  missingKey:
    'Access denied due to missing subscription key. Make sure to include subscription key when making requests to this API.',
  notFound: 'Resource not found',
} as const;

/** What the firewall in front of MTN answers, with HTTP 200. */
export const requestRejectedHtml =
  '<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. Please consult with your administrator.</body></html>';

export function json(status: number, body: unknown): Answer {
  return { status, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
}

export function html(status: number, body: string): Answer {
  return { status, body, headers: { 'content-type': 'text/html; charset=utf-8' } };
}

/** No body at all: MTN's 202, and most of its 400s. */
export function empty(status: number, problem?: string): Answer {
  return { status, headers: { 'content-length': '0' }, ...(problem === undefined ? {} : { problem }) };
}

/** The wallet's error shape. */
export function walletError(status: number, code: string, problem?: string): Answer {
  return { ...json(status, toErrorReason(code)), problem: problem ?? code };
}

/** The shape of the token service. */
export function authError(status: number, error: string, problem: string): Answer {
  return { ...json(status, { error }), problem };
}

/** The shape of the API gateway (Azure API Management). */
export function gatewayError(status: number, message: string): Answer {
  return { ...json(status, { statusCode: status, message }), problem: message };
}

export function toResponse(answer: Answer): Response {
  // These statuses may not carry a body, by the Fetch standard.
  const hasBody = answer.body !== undefined && answer.body !== '' && ![204, 205, 304].includes(answer.status);
  return new Response(hasBody ? (answer.body as string) : null, {
    status: answer.status,
    ...(answer.headers === undefined ? {} : { headers: { ...answer.headers } }),
  });
}

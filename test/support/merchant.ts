import { createMomoSandbox, type MomoSandbox, type MomoSandboxOptions } from '../../src/testing/index.js';

/** The options a test may leave out, and the raw calls of a merchant without any SDK. */
export interface Merchant {
  readonly sandbox: MomoSandbox;
  readonly baseUrl: string;
  /** A call with all headers right; `headers` change them. */
  call(method: string, path: string, options?: CallOptions): Promise<Response>;
  getToken(): Promise<string>;
  requestToPay(fields?: Record<string, unknown>, options?: CallOptions & { referenceId?: string }): Promise<Sent>;
  read(referenceId: string): Promise<{ status: number; body: Record<string, unknown> }>;
}

interface CallOptions {
  /** `null` leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>>;
  readonly body?: unknown;
  readonly baseUrl?: string;
  readonly signal?: AbortSignal;
}

interface Sent {
  readonly referenceId: string;
  readonly status: number;
  readonly text: string;
}

export const payBody = {
  amount: '12.50',
  currency: 'EUR',
  externalId: 'order-1',
  payer: { partyIdType: 'MSISDN', partyId: '256772123456' },
  payerMessage: 'Order 1',
  payeeNote: 'Order 1',
};

export function createMerchant(options?: MomoSandboxOptions): Merchant {
  const sandbox = createMomoSandbox(options);
  const { baseUrl, credentials } = sandbox;
  let token: Promise<string> | undefined;

  async function requestToken(): Promise<string> {
    const response = await sandbox.fetch(`${baseUrl}/collection/token/`, {
      method: 'POST',
      headers: {
        'Ocp-Apim-Subscription-Key': credentials.subscriptionKey,
        Authorization: `Basic ${btoa(`${credentials.apiUser}:${credentials.apiKey}`)}`,
      },
    });
    return ((await response.json()) as { access_token: string }).access_token;
  }

  async function call(method: string, path: string, callOptions: CallOptions = {}): Promise<Response> {
    token ??= requestToken();
    const headers = new Headers({
      'Ocp-Apim-Subscription-Key': credentials.subscriptionKey,
      Authorization: `Bearer ${await token}`,
      'X-Target-Environment': credentials.targetEnvironment,
      ...(callOptions.body === undefined ? {} : { 'Content-Type': 'application/json' }),
    });
    for (const [name, value] of Object.entries(callOptions.headers ?? {})) {
      if (value === null) headers.delete(name);
      else headers.set(name, value);
    }
    const { body } = callOptions;
    return sandbox.fetch(`${callOptions.baseUrl ?? baseUrl}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(callOptions.signal === undefined ? {} : { signal: callOptions.signal }),
    });
  }

  return {
    sandbox,
    baseUrl,
    call,
    getToken: requestToken,
    async requestToPay(fields = {}, { referenceId = crypto.randomUUID(), ...callOptions } = {}) {
      const response = await call('POST', '/collection/v1_0/requesttopay', {
        body: { ...payBody, ...fields },
        ...callOptions,
        headers: { 'X-Reference-Id': referenceId, ...callOptions.headers },
      });
      return { referenceId, status: response.status, text: await response.text() };
    },
    async read(referenceId) {
      const response = await call('GET', `/collection/v1_0/requesttopay/${referenceId}`);
      const text = await response.text();
      return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
    },
  };
}

/** A payer with this phone number. */
export function msisdn(partyId: string) {
  return { payer: { partyIdType: 'MSISDN', partyId } };
}

/** Status and parsed body of an answer; an empty body is an empty text. */
export async function answer(response: Promise<Response>) {
  const { status } = await response;
  const text = await (await response).text();
  return { status, body: text === '' ? '' : JSON.parse(text) };
}

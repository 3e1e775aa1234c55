// No library: the same two calls by the platform's `fetch`, unchecked. What is below this no library can be.

export function open({ baseUrl, credentials: { subscriptionKey, apiUser, apiKey, targetEnvironment } }) {
  const headers = { 'Ocp-Apim-Subscription-Key': subscriptionKey, 'X-Target-Environment': targetEnvironment };
  let token;
  async function getToken() {
    const authorization = `Basic ${btoa(`${apiUser}:${apiKey}`)}`;
    const response = await fetch(`${baseUrl}/collection/token/`, {
      method: 'POST',
      headers: { ...headers, authorization },
    });
    return (await response.json()).access_token;
  }
  async function call(path, options) {
    token ??= getToken();
    const authorization = `Bearer ${await token}`;
    const all = { ...headers, ...options?.headers, authorization };
    return fetch(`${baseUrl}/collection/v1_0/requesttopay${path}`, { ...options, headers: all });
  }
  return {
    async send({ note, payer, ...order }) {
      const referenceId = crypto.randomUUID();
      const body = { ...order, payer: { partyIdType: 'MSISDN', partyId: payer }, payerMessage: note, payeeNote: note };
      const response = await call('', {
        method: 'POST',
        headers: { 'X-Reference-Id': referenceId, 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (response.status !== 202) throw new Error(`MTN answered ${response.status}.`);
      await response.arrayBuffer();
      return referenceId;
    },
    read: async (referenceId) => (await (await call(`/${referenceId}`)).json()).status,
  };
}

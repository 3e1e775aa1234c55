/** What the process that dies and the one that follows have in common. */
export const ledgerOptions = {
  callbackUrl: 'https://shop.example/momo',
  callbackSecrets: 'a secret of more than 16 bytes',
};

export const order = { externalId: 'order-1', amount: '12.50', currency: 'EUR', payer: '46733999888' };

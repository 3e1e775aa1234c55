// What the customer reads. Half of MTN's markets speak French.

import { maskMsisdn, payerHint } from 'momo-collections';
import type { Order } from './shop.ts';

export type Language = 'en' | 'fr';

const en = {
  shop: 'Lakeside Festival',
  item: 'Two day tickets',
  phone: 'Mobile money number',
  phoneHint: 'With the country code, such as +256\u00a0772\u00a0123\u00a0456',
  phoneProblem: 'This is not a full phone number. Please type it with its country code.',
  pay: 'Pay',
  promise: 'You approve on your phone, with your PIN. We never see it.',
  amount: 'Amount',
  order: 'Order',
  sendAgain: 'Send again',
  startAgain: 'Start again',
  notFound: 'There is no such order.',
  created: ['Not sent yet', 'We could not reach MTN. Please send it again: you will not be charged twice.'],
  pending: ['Check your phone', 'Enter your PIN to approve the payment. This page updates by itself.'],
  successful: ['Paid', 'Thank you. Your tickets are on their way.'],
  failed: ['Not paid', 'The payment did not go through, and nothing was charged.'],
  uncertain: ['We are checking', 'Please do not pay again: we will look into this payment and tell you.'],
} as const;

type Texts = {
  readonly [Name in keyof typeof en]: (typeof en)[Name] extends string ? string : readonly [string, string];
};

const fr: Texts = {
  shop: 'Festival du Lac',
  item: 'Deux billets d’un jour',
  phone: 'Numéro mobile money',
  phoneHint: 'Avec l’indicatif du pays, par exemple +225\u00a005\u00a012\u00a034\u00a056\u00a078',
  phoneProblem: 'Ce numéro n’est pas complet. Saisissez-le avec l’indicatif du pays.',
  pay: 'Payer',
  promise: 'Vous validez sur votre téléphone, avec votre code PIN. Nous ne le voyons jamais.',
  amount: 'Montant',
  order: 'Commande',
  sendAgain: 'Envoyer à nouveau',
  startAgain: 'Recommencer',
  notFound: 'Cette commande n’existe pas.',
  created: [
    'Pas encore envoyé',
    'MTN est injoignable. Envoyez la demande à nouveau\u00a0: vous ne serez pas débité deux fois.',
  ],
  pending: ['Regardez votre téléphone', 'Saisissez votre code PIN pour valider. Cette page se met à jour toute seule.'],
  successful: ['Payé', 'Merci. Vos billets sont en route.'],
  failed: ['Non payé', 'Le paiement n’a pas abouti, et rien n’a été débité.'],
  uncertain: [
    'Vérification en cours',
    'Ne payez pas une deuxième fois\u00a0: nous vérifions ce paiement et vous répondrons.',
  ],
};

export const textsOf = (language: Language): Texts => ({ en, fr })[language];

/** By the browser's first choice. */
export const languageOf = (acceptLanguage: string | null | undefined): Language =>
  /^fr\b/i.test(acceptLanguage ?? '') ? 'fr' : 'en';

/** The digits go in as text: no float comes near the amount. */
export const formatPrice = ({ amount, currency }: Pick<Order, 'amount' | 'currency'>, language: Language): string =>
  new Intl.NumberFormat(language, { style: 'currency', currency }).format(amount as `${number}`);

/** How an order looks to its customer. */
export function describeOrder({ id, state, reason, payer, createdAtMs }: Order, language: Language) {
  const look = lookOf(state, Date.now() - createdAtMs);
  const [title, text] = textsOf(language)[look];
  return {
    look,
    title,
    text: look === 'failed' && reason !== null ? payerHint(reason, language) : text,
    number: id.slice(0, 8),
    phone: maskMsisdn(payer).replace(/^\*+/, '••• '),
    /** Worth asking again in a moment. */
    isOpen: state === 'created' || state === 'pending',
  };
}

function lookOf(state: Order['state'], ageMs: number) {
  if (state === 'expired') return 'failed';
  if (state === 'refunded') return 'successful';
  // No phone rings for longer than that, and still MTN has not decided.
  if (state === 'pending' && ageMs > 10 * 60_000) return 'uncertain';
  return state === 'submitted' ? 'pending' : state;
}

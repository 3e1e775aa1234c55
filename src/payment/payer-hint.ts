/** The languages of the hints. Half of MTN's markets speak French. */
export type HintLanguage = 'en' | 'fr';

type Hint = readonly [en: string, fr: string];

function hintOf(code: string): Hint {
  switch (code) {
    case 'PAYER_NOT_FOUND':
      return [
        'This number has no mobile money account; check it and try again.',
        "Ce numéro n'a pas de compte mobile money ; vérifiez-le et réessayez.",
      ];
    case 'NOT_ENOUGH_FUNDS':
      return [
        'Your balance is too low; top up and try again.',
        'Votre solde est insuffisant ; rechargez votre compte et réessayez.',
      ];
    case 'LOW_BALANCE_OR_PAYEE_LIMIT_REACHED_OR_NOT_ALLOWED':
      return [
        'The payment did not go through; check your balance and try again.',
        "Le paiement n'a pas abouti ; vérifiez votre solde et réessayez.",
      ];
    case 'PAYER_LIMIT_REACHED':
      return [
        'Your wallet has reached its limit; pay a smaller amount or try again later.',
        'Votre compte a atteint son plafond ; payez un montant plus petit ou réessayez plus tard.',
      ];
    case 'SENDER_ACCOUNT_NOT_ACTIVE':
      return [
        'Your mobile money account is not active; call MTN or use another number.',
        "Votre compte mobile money n'est pas actif ; appelez MTN ou utilisez un autre numéro.",
      ];
    case 'APPROVAL_REJECTED':
    case 'PAYER_REJECTION':
      return [
        'You refused the payment; start again if that was a mistake.',
        "Vous avez refusé le paiement ; recommencez s'il s'agit d'une erreur.",
      ];
    case 'PAYMENT_NOT_APPROVED':
      return [
        'The payment was not approved; try again and enter your PIN.',
        "Le paiement n'a pas été approuvé ; réessayez et saisissez votre code PIN.",
      ];
    case 'EXPIRED':
    case 'COULD_NOT_PERFORM_TRANSACTION':
    case 'TIMEOUT':
      return [
        'The request was not approved in time; try again and enter your PIN.',
        "La demande n'a pas été approuvée à temps ; réessayez et saisissez votre code PIN.",
      ];
    case 'TRANSACTION_CANCELED':
      return [
        'The payment was cancelled; try again if you still want to pay.',
        'Le paiement a été annulé ; réessayez si vous voulez toujours payer.',
      ];
    case 'PAYER_DELAYED':
    case 'ONGOING':
      return [
        'Your payment is still being processed; please wait and do not pay again.',
        'Votre paiement est en cours de traitement ; patientez et ne payez pas une deuxième fois.',
      ];
    case 'PAYEE_NOT_FOUND':
    case 'PAYEE_NOT_ALLOWED_TO_RECEIVE':
    case 'PAYEE_LIMIT_REACHED':
    case 'NOT_ALLOWED':
    case 'NOT_ALLOWED_TARGET_ENVIRONMENT':
      return [
        'The shop cannot receive mobile money right now; please tell the shop.',
        "Le commerçant ne peut pas recevoir de paiement mobile money pour l'instant ; merci de l'en informer.",
      ];
    case 'SERVICE_UNAVAILABLE':
      return [
        'Mobile money is not available right now; try again later.',
        "Le service mobile money n'est pas disponible pour l'instant ; réessayez plus tard.",
      ];
    case 'INTERNAL_PROCESSING_ERROR':
    case 'PAYER_FAILED':
      return [
        'The payment did not go through; check your balance and try again later.',
        "Le paiement n'a pas abouti ; vérifiez votre solde et réessayez plus tard.",
      ];
    case 'INVALID_CALLBACK_URL_HOST':
    case 'INVALID_CURRENCY':
    case 'VALIDATION_ERROR':
    case 'TRANSFER_TYPE_UNKNOWN':
      return [
        'The shop could not start the payment; please tell the shop.',
        "Le commerçant n'a pas pu lancer le paiement ; merci de l'en informer.",
      ];
    case 'RESOURCE_NOT_FOUND':
    case 'TRANSACTION_NOT_FOUND':
    case 'RESOURCE_ALREADY_EXIST':
    case 'NOT_SUCCESSFULLY_COMPLETED':
      return [
        'The shop is checking your payment; please wait and do not pay again.',
        'Le commerçant vérifie votre paiement ; patientez et ne payez pas une deuxième fois.',
      ];
    default:
      return [
        'The payment did not go through; please contact the shop.',
        "Le paiement n'a pas abouti ; contactez le commerçant.",
      ];
  }
}

/**
 * One short sentence for the payer about why a payment failed, in English (default) or French.
 *
 * @param code - MTN's reason code; one we do not know gets a general sentence.
 * @example
 * ```ts
 * payerHint('NOT_ENOUGH_FUNDS', 'fr'); // 'Votre solde est insuffisant ; rechargez votre compte et réessayez.'
 * ```
 */
export function payerHint(code: string, language: HintLanguage = 'en'): string {
  return hintOf(code)[language === 'fr' ? 1 : 0];
}

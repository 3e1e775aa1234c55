import type { Settings } from '../../client/options.js';
import { maskMsisdn, normalizeMsisdn, type TargetEnvironmentInfo, targetEnvironments } from '../../index.js';
import type { CommandContext } from '../command.js';
import { CommandFailure, usageFailure } from '../command-failure.js';
import { exitCodes } from '../exit-codes.js';

/**
 * Outside of the sandbox the money is real: somebody says yes to environment, amount and number, or `--yes` did.
 *
 * @throws CommandFailure `usage` where nobody can be asked, `aborted` after a no
 */
export async function confirmRealMoney(
  { terminal, signal }: CommandContext,
  { amount, currency, payer }: { readonly amount: string; readonly currency: string; readonly payer: string },
  { targetEnvironment, baseUrl }: Settings,
): Promise<void> {
  if (targetEnvironment === 'sandbox') return;
  const known: Readonly<Record<string, TargetEnvironmentInfo>> = targetEnvironments;
  const country = Object.hasOwn(known, targetEnvironment) ? known[targetEnvironment]?.country : undefined;
  const where = `${targetEnvironment}${country === undefined ? '' : ` (${country})`} at ${new URL(baseUrl).host}`;
  if (terminal.ask === undefined) {
    throw usageFailure(
      `This would be real money in ${where}, and there is nobody to ask. Nothing was sent: add --yes if it is meant.`,
    );
  }
  const question = `Real money: ask ${maskMsisdn(normalizeMsisdn(payer))} for ${amount} ${currency} in ${where}? [y/N] `;
  const answer = await terminal.ask(question, signal).catch((error: unknown) => {
    if (signal.aborted) return '';
    throw error;
  });
  if (/^y(es)?$/i.test(answer.trim())) return;
  throw new CommandFailure('aborted', exitCodes.interrupted, 'Not confirmed: nothing was sent, and nobody is charged.');
}

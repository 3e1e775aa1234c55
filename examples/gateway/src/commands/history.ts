import { CommandError, runCommand } from './command.ts';

/** What happened to a payment: the ledger's audit, and every attempt to tell the app. */
await runCommand(async ({ payments, outbox }) => {
  const [referenceId = ''] = process.argv.slice(2);
  const row = await payments.get(referenceId.toLowerCase());
  if (row === undefined) throw new CommandError('No payment has this reference id: npm run history -- REFERENCE_ID');
  const { id, state, amount, currency, externalId } = row.payment;
  const audit = (await payments.audit(id)).map(({ atMs, direction, action, outcome = '', from, to, note = '' }) => ({
    atMs,
    text: [direction, action, outcome, to ? `${from ?? 'new'} -> ${to}` : '', note].filter(Boolean).join('  '),
  }));
  const forwards = (await outbox.attempts(id)).map(({ atMs, outcome, durationMs }) => ({
    atMs,
    text: `outbound-to-app  forward  ${outcome}  ${durationMs} ms`,
  }));
  const lines = [...audit, ...forwards].sort((a, b) => a.atMs - b.atMs);
  const history = lines.map(({ atMs, text }) => `${new Date(atMs).toISOString()}  ${text}`);
  return [`${externalId}: ${amount} ${currency}, ${state}`, ...history].join('\n');
});

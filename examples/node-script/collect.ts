// Takes one payment and waits for the outcome: node collect.ts <order> <amount> <currency> <phone number>
//
// Run it again for the same order, after a crash or when the outcome is not known, and it goes on with the same payment.
// The MTN_… variables say where the money goes; `npm start` sets them to a sandbox on this machine.
//
// It ends with 0 when it is paid, 1 when it is not and nothing was charged, 2 when nothing was sent, 3 when nobody knows.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MomoCollections, MomoError, payerHint } from 'momo-collections';

const [externalId = 'order-17', amount = '12.50', currency = 'EUR', payer = '256772123456'] = process.argv.slice(2);

/** The one reference id of an order. The file is there before anything is sent; whoever comes second reads the first's. */
async function referenceOf(order: string): Promise<string> {
  const folder = process.env.REFERENCES_FOLDER ?? 'references';
  const file = join(folder, `${encodeURIComponent(order)}.txt`);
  await mkdir(folder, { recursive: true });
  try {
    await writeFile(file, crypto.randomUUID(), { flag: 'wx', flush: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFile(file, 'utf8');
}

try {
  const client = MomoCollections.fromEnv(process.env);
  const referenceId = await referenceOf(externalId);
  console.log(`Asking for ${amount} ${currency} under ${referenceId}`);
  const result = await client.collect(
    { amount, currency, externalId, payer, referenceId },
    { onUpdate: ({ status }) => console.log(`MTN says ${status}`) },
  );
  switch (result.state) {
    case 'successful':
      console.log(`Paid. MTN's transaction: ${result.payment.financialTransactionId}`);
      break;
    case 'failed':
    case 'expired': {
      const code = result.payment.reason?.code ?? 'unknown';
      console.log(`Not paid: ${result.state}, ${code}. To the payer: ${payerHint(code)}`);
      process.exitCode = 1;
      break;
    }
    case 'uncertain':
      console.log(`Not known (${result.why}). Run this again for the same order; never charge it under another name.`);
      process.exitCode = 3;
  }
} catch (error) {
  if (!MomoError.is(error)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = error.code === 'invalid_input' ? 2 : 3;
}

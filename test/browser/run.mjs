// The phone page in a real browser, as a stranger meets it: the command in one window, a payment in another. Run after
// `npm run build` and `npm ci` in this folder. Looks for Chromium on this machine; CHROMIUM_PATH names another place.

import assert from 'node:assert/strict';
import { MomoCollections } from '../../dist/index.js';
import { createReport } from '../package/report.mjs';
import {
  expectAccessible,
  expectNoSidewaysScroll,
  focused,
  launchBrowser,
  openPage,
  shoot,
  tabTo,
} from './browser.mjs';
import { startListener, startPayment, startSandbox } from './processes.mjs';

const browser = await launchBrowser();
if (browser === undefined) {
  console.log('skipped: there is no Chromium on this machine. Install one, or name it in CHROMIUM_PATH.');
  process.exit(0);
}

const report = createReport();
const listener = await startListener();
let sandbox = await startSandbox();
const shopEnv = () => ({ ...sandbox.env, MTN_CALLBACK_URL: listener.url });
const open = (options) => openPage(browser, sandbox.phoneUrl, options);
const promptOf = (page, name = 'Approve this payment?') => page.getByRole('form', { name });

/** Starts a payment, and gives how long it took until the phone rang. */
async function ring(page, options) {
  const payment = await startPayment(shopEnv(), options);
  await promptOf(page).waitFor();
  return { ...payment, rangAfterMs: Math.round(performance.now() - payment.startedAtMs) };
}

const wide = await open({ viewport: { width: 1280, height: 900 }, colorScheme: 'light' });
const { page } = wide;

await report.check('the empty page is accessible and says what to do', async () => {
  await page.getByText('No payment is waiting').waitFor();
  await shoot(page, 'idle-1280-light');
  await expectAccessible(page);
});

await report.check(
  'a payment rings within a second; a PIN typed on the keyboard pays it, and the callback comes',
  async () => {
    const { referenceId, rangAfterMs, outcome, ended } = await ring(page);
    assert.ok(rangAfterMs < 1000, `it rang after ${rangAfterMs} ms`);
    assert.equal(await focused(page), 'pin');
    await page.keyboard.type('12');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('The PIN has 4 or 5 digits.').waitFor();
    await expectAccessible(page);
    await page.keyboard.type('345');
    await shoot(page, 'ringing-1280-light');
    await page.keyboard.press('Enter');
    await page.getByText('Approved: 12.50 EUR for order-1', { exact: true }).first().waitFor();
    assert.equal(await outcome, 'successful');
    assert.equal(await ended, 0);
    assert.equal((await listener.next()).status, 'SUCCESSFUL');
    assert.equal(await promptOf(page).isVisible(), false);
    assert.equal(await focused(page), 'idle-title');
    // The PIN went nowhere.
    assert.ok(!JSON.stringify(await sandbox.state()).includes('12345'));
    await page.getByRole('listitem').filter({ hasText: referenceId }).first().waitFor();
    return `${rangAfterMs} ms`;
  },
);

await report.check('refused by keyboard, the payment fails and the callback says so', async () => {
  const { outcome, ended } = await ring(page, { externalId: 'order-2' });
  await tabTo(page, 'refuse');
  await page.keyboard.press('Enter');
  assert.deepEqual([await outcome, await ended], ['APPROVAL_REJECTED', 1]);
  assert.equal((await listener.next()).reason, 'APPROVAL_REJECTED');
});

await report.check('made to expire at once, by keyboard', async () => {
  const { outcome, ended } = await ring(page, { externalId: 'order-3' });
  await tabTo(page, 'expire');
  await page.keyboard.press('Enter');
  assert.deepEqual([await outcome, await ended], ['EXPIRED', 1]);
  assert.equal((await listener.next()).reason, 'EXPIRED');
});

await report.check('made to fail for another reason', async () => {
  const { outcome } = await ring(page, { externalId: 'order-4' });
  await page.getByLabel('Reason of the failure').selectOption('NOT_ENOUGH_FUNDS');
  await page.getByRole('button', { name: 'Fail' }).click();
  assert.equal(await outcome, 'NOT_ENOUGH_FUNDS');
  assert.equal((await listener.next()).reason, 'NOT_ENOUGH_FUNDS');
});

await report.check('with the answer of the payment lost, it still rings once and is paid once', async () => {
  const lost = page.getByRole('switch', { name: 'Payments: answer lost' });
  await lost.focus();
  await page.keyboard.press('Space');
  await page.waitForFunction(() => document.querySelector('[role=switch]')?.checked);
  const { referenceId, outcome, ended } = await ring(page, { externalId: 'order-5' });
  // Whoever is busy elsewhere on the page is not torn away.
  assert.equal(await lost.evaluate((element) => element === document.activeElement), true);
  await page.keyboard.press('Space');
  await page.getByLabel('PIN', { exact: true }).fill('1234');
  await page.getByRole('button', { name: 'Approve' }).click();
  assert.deepEqual([await outcome, await ended], ['successful', 0]);
  await listener.next();
  const { payments, faults } = await sandbox.state();
  assert.equal(payments.filter((payment) => payment.referenceId === referenceId).length, 1);
  assert.deepEqual(faults, []);
});

await report.check('two payments wait in turn; the drawn digits do; texts of strangers stay texts', async () => {
  const evil = '<img src=x onerror=document.title=1>';
  const first = await ring(page, { externalId: evil });
  const second = await startPayment(shopEnv(), { externalId: 'order-7', amount: '7' });
  await page.getByText('1 of 2', { exact: true }).waitFor();
  assert.equal(await page.locator('img').count(), 0);
  await page.getByText(evil, { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Next payment' }).click();
  await promptOf(page).getByText('7 EUR', { exact: true }).waitFor();
  for (const digit of '98765') await page.getByRole('button', { name: digit, exact: true }).click();
  await page.getByRole('button', { name: 'Delete' }).click();
  assert.equal(await page.getByLabel('PIN', { exact: true }).inputValue(), '9876');
  await page.getByRole('button', { name: 'Approve' }).click();
  assert.equal(await second.outcome, 'successful');
  await page.getByText('Payment request', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Refuse' }).click();
  assert.equal(await first.outcome, 'APPROVAL_REJECTED');
  await listener.next();
  await listener.next();
});

await report.check(
  'calls open to show what was sent, without its secrets, and stay open while others come',
  async () => {
    const call = page.locator('#calls summary').first();
    await call.focus();
    await page.keyboard.press('Enter');
    const details = page.locator('#calls details[open] pre');
    await details.getByText('ocp-apim-subscription-key: ***').waitFor();
    const text = await page.locator('body').textContent();
    for (const secret of ['256772123456', sandbox.env.MTN_API_KEY, sandbox.env.MTN_SUBSCRIPTION_KEY]) {
      assert.ok(!text.includes(secret));
    }
    await fetch(`${sandbox.env.MTN_BASE_URL}/collection/nowhere`);
    await page.getByText('MTN has no such call').waitFor();
    assert.equal(await details.count(), 1);
    await shoot(page, 'lists-1280-light', true);
    // The last that can be seen opens in full view.
    const lowest = page.locator('#calls > li').nth(5);
    await lowest.locator('summary').click();
    await page.waitForFunction(() => {
      const [list, call] = [document.querySelector('#calls'), document.querySelectorAll('#calls details')[5]];
      return call.open && call.getBoundingClientRect().bottom <= list.getBoundingClientRect().bottom + 1;
    });
    await expectAccessible(page);
  },
);

await report.check('what is no payment asks in its own words', async () => {
  const client = MomoCollections.fromEnv(sandbox.env);
  const payer = { partyIdType: 'MSISDN', partyId: '256772123456' };
  const common = { amount: '5', currency: 'EUR', externalId: 'order-8' };
  const asks = {
    'Approve this withdrawal?': () => client.requestToWithdraw({ ...common, payer }),
    'Pay this invoice?': () =>
      client.createInvoice({ ...common, validityDuration: 3600, intendedPayer: payer, payee: payer }),
    'Allow later payments without asking?': () =>
      client.createPreApproval({ payer, payerCurrency: 'EUR', payerMessage: 'Monthly', validityTime: 3600 }),
  };
  for (const [question, ask] of Object.entries(asks)) {
    await ask();
    const prompt = promptOf(page, question);
    await prompt.waitFor();
    const hasAmount = (await prompt.getByText('5 EUR', { exact: true }).count()) === 1;
    assert.equal(hasAmount, !question.startsWith('Allow'));
    await shoot(page, `ringing-${question.split(' ')[0]}-1280-light`);
    await page.getByLabel('PIN', { exact: true }).fill('1234');
    await page.keyboard.press('Enter');
    await prompt.waitFor({ state: 'hidden' });
  }
  const { payments } = await sandbox.state();
  assert.deepEqual(
    payments.slice(-3).map(({ operation, status }) => [operation, status]),
    [
      ['requestToWithdraw', 'SUCCESSFUL'],
      ['createInvoice', 'SUCCESSFUL'],
      ['createPreApproval', 'SUCCESSFUL'],
    ],
  );
});

for (const [name, options] of Object.entries({
  '360-light': { viewport: { width: 360, height: 780 }, colorScheme: 'light', hasTouch: true },
  '360-dark': { viewport: { width: 360, height: 780 }, colorScheme: 'dark', reducedMotion: 'reduce' },
  '1280-dark': { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' },
})) {
  await report.check(`the page fits and is accessible: ${name}`, async () => {
    const { page: other, complaints, close } = await open(options);
    const { outcome } = await ring(other, { externalId: `order-of-${name}` });
    await shoot(other, `ringing-${name}`);
    await expectNoSidewaysScroll(other);
    await expectAccessible(other);
    if (options.reducedMotion) {
      assert.equal(await other.evaluate(() => document.getAnimations().length), 0);
    }
    await other.getByLabel('PIN', { exact: true }).fill('1234');
    await other.getByRole('button', { name: 'Approve' }).click();
    await outcome;
    await listener.next();
    await shoot(other, `all-${name}`, true);
    assert.deepEqual(complaints, []);
    await close();
  });
}

await report.check(
  'on a small laptop the question is in view to its answers, and a notice moves none of them',
  async () => {
    const size = { width: 1366, height: 625 };
    const { page: low, close } = await open({ viewport: size });
    const { outcome } = await ring(low, { externalId: 'order-low-1' });
    await low.getByLabel('PIN', { exact: true }).pressSequentially('12');
    await low.waitForFunction(() => document.getAnimations().length === 0);
    const approve = low.getByRole('button', { name: 'Approve' });
    const before = await approve.boundingBox();
    assert.ok(before.y + before.height < size.height, `it ends at ${before.y + before.height} px`);
    const second = await startPayment(shopEnv(), { externalId: 'order-low-2' });
    await low.getByText('1 of 2', { exact: true }).waitFor();
    await low.getByRole('button', { name: 'Refuse' }).click();
    await low.getByText('Refused: 12.50 EUR for order-low-1', { exact: true }).first().waitFor();
    await low.waitForFunction(() => document.getAnimations().length === 0);
    assert.deepEqual(await approve.boundingBox(), before);
    await shoot(low, 'notice-1366x625');
    await low.mouse.wheel(0, 2000);
    await low.waitForFunction(() => scrollY > 0);
    const fail = await low.getByRole('button', { name: 'Fail' }).boundingBox();
    assert.ok(fail.y + fail.height < size.height, 'what is under the phone cannot be reached');
    await low.getByRole('button', { name: 'Refuse' }).click();
    assert.deepEqual([await outcome, await second.outcome], ['APPROVAL_REJECTED', 'APPROVAL_REJECTED']);
    await listener.next();
    await listener.next();
    await close();
  },
);

await report.check('of hundreds that wait the oldest can be paid, and a page opened later has it too', async () => {
  const client = MomoCollections.fromEnv(sandbox.env);
  const amount = { amount: '1', currency: 'EUR', payer: '256772123456' };
  for (let number = 1; number <= 210; number += 1)
    await client.requestToPay({ ...amount, externalId: `one-of-${number}` });
  const later = await open();
  for (const [each, first, left] of [
    [page, 'one-of-1', '1 of 209'],
    [later.page, 'one-of-2', '1 of 208'],
  ]) {
    await promptOf(each).getByText(first, { exact: true }).waitFor();
    await each.getByLabel('PIN', { exact: true }).fill('1234');
    await each.getByRole('button', { name: 'Approve' }).click();
    await each.getByText(left, { exact: true }).waitFor();
    assert.equal(await each.locator('#payments > li').count(), 200);
  }
  await later.close();
});

await report.check('nothing was complained of', async () => assert.deepEqual(wide.complaints, []));

await report.check('when the sandbox stops the page says so, and it finds the next one by itself', async () => {
  const { port } = new URL(sandbox.phoneUrl);
  assert.equal(await sandbox.stop(), 0);
  await page.getByRole('status').getByText('Disconnected').waitFor();
  sandbox = await startSandbox(Number(port));
  await page.getByRole('status').getByText('Live').waitFor();
  // It is another one: nothing of the first is left.
  await page.locator('#payments-empty').waitFor();
  const { outcome } = await ring(page, { externalId: 'order-after' });
  await page.getByLabel('PIN', { exact: true }).fill('1234');
  await page.keyboard.press('Enter');
  assert.equal(await outcome, 'successful');
});

await browser.close();
await sandbox.stop();
listener.close();
report.end();

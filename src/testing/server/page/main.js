// @ts-check
import { listen } from './connection.js';
import { byId, setText } from './dom.js';
import { updateFaults, updateSettings } from './faults.js';
import { callbackList, callList, paymentList } from './lists.js';
import { resetPhone, startPhone, updatePhone } from './phone.js';

/** @typedef {import('./words.js').Payment} Payment */

/** @type {Map<number, Payment>} */
const payments = new Map();
/** @type {string | undefined} */
let startId;

/** @param {import('../view.js').ServerView} server */
function meet(server) {
  if (startId !== undefined && startId !== server.startId) {
    payments.clear();
    for (const list of [paymentList, callbackList, callList]) list.reset();
    resetPhone();
  }
  startId = server.startId;
  setText(byId('base-url', HTMLElement), server.url);
  const hint =
    server.approval === 'manual'
      ? 'Start one in your program. It rings here at once.'
      : "Approval is automatic: MTN's test numbers decide, and only those that stay pending ring.";
  setText(byId('idle-hint', HTMLElement), hint);
  updateSettings(server);
}

startPhone();
const copy = byId('copy-url', HTMLButtonElement);
// Browsers give the clipboard to loopback names and https only.
copy.hidden = navigator.clipboard === undefined;
copy.addEventListener('click', async () => {
  try {
    await navigator.clipboard.writeText(byId('base-url', HTMLElement).textContent ?? '');
    setText(copy, 'Copied');
  } catch {
    // The browser was told not to let pages do that.
    setText(copy, 'Not allowed');
  }
  setTimeout(() => setText(copy, 'Copy'), 2000);
});

listen((update) => {
  if (update.server !== undefined) meet(update.server);
  if (update.faults !== undefined) updateFaults(update.faults);
  for (const payment of update.payments) payments.set(payment.n, payment);
  paymentList.update(update.payments);
  callbackList.update(update.callbacks);
  callList.update(update.calls);
  updatePhone([...payments.values()], update.payments, update.nowMs);
});

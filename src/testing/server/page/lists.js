// @ts-check
import { byId, create, setText } from './dom.js';
import { showOnPhone } from './phone.js';
import { amountOf, isOpen, timeOf, wordsOf } from './words.js';

/** @typedef {import('./words.js').Payment} Payment */
/** @typedef {import('../view.js').Numbered<import('../../types.js').SandboxCall>} Call */
/** @typedef {import('../view.js').Numbered<import('../../types.js').SandboxCallback>} Callback */

/** As many as the server tells a newcomer of. */
const most = 200;

/**
 * A list that is filled from the top and changed in place: what is open stays open, what has the focus keeps it.
 *
 * @template {{ n: number }} Item
 * @param {string} id
 * @param {(item: Item) => Node[]} show
 */
function createList(id, show) {
  const list = byId(id, HTMLElement);
  const empty = byId(`${id}-empty`, HTMLElement);
  const count = byId(`${id}-count`, HTMLElement);
  /** @type {Map<number, HTMLElement>} */
  const rows = new Map();
  let total = 0;

  return {
    /** @param {readonly Item[]} items */
    update(items) {
      for (const { n } of items) total = Math.max(total, n + 1);
      for (const item of items) {
        // Of old ones the phone has to know, when they are open; here the last are enough.
        if (item.n < total - most) continue;
        let row = rows.get(item.n);
        if (row === undefined) {
          row = create('li');
          rows.set(item.n, row);
          list.prepend(row);
        }
        const wasOpen = row.querySelector('details')?.open === true;
        const hadFocus = row.contains(document.activeElement);
        row.replaceChildren(...show(item));
        const details = row.querySelector('details');
        if (details !== null) details.open = wasOpen;
        if (hadFocus) /** @type {HTMLElement | null} */ (row.querySelector('button, summary'))?.focus();
      }
      for (const [n, row] of rows) {
        if (n >= total - most) continue;
        row.remove();
        rows.delete(n);
      }
      empty.hidden = total > 0;
      // One that scrolls can be reached by keyboard.
      if (list.scrollHeight > list.clientHeight) list.tabIndex = 0;
      else list.removeAttribute('tabindex');
      setText(count, total > 0 ? String(total) : '');
    },
    reset() {
      rows.clear();
      list.replaceChildren();
      total = 0;
      this.update([]);
    },
  };
}

/**
 * A word in a coloured frame. The colour only repeats what the word says.
 *
 * @param {string} text
 * @param {'good' | 'bad' | 'open' | 'plain'} tone
 */
function chip(text, tone) {
  return create('span', { class: `chip ${tone}` }, text);
}

/** @param {number} status */
function httpChip(status) {
  return chip(String(status), status < 300 ? 'good' : 'bad');
}

/** @param {number} atMs */
function time(atMs) {
  return create('time', { datetime: new Date(atMs).toISOString() }, timeOf(atMs));
}

/** @param {Payment} payment */
function showPayment(payment) {
  const { n, referenceId, operation, status, reason, financialTransactionId, createdAtMs, externalId } = payment;
  const tone = status === 'SUCCESSFUL' ? 'good' : status === 'FAILED' ? 'bad' : 'open';
  const why =
    reason?.code ?? (financialTransactionId === undefined ? undefined : `MTN's number ${financialTransactionId}`);
  const { noun } = wordsOf(operation);
  const amount = amountOf(payment);
  const words = [amount === '' ? '' : noun, externalId, why].filter((word) => word !== undefined && word !== '');
  const row = [
    create(
      'div',
      { class: 'line' },
      time(createdAtMs),
      create('strong', { class: 'grow' }, amount || noun),
      chip(status, tone),
    ),
    create('div', { class: 'small' }, words.join(', ')),
    create('code', { class: 'small' }, referenceId),
  ];
  if (!isOpen(payment)) return row;
  const button = create('button', { type: 'button', class: 'quiet' }, 'Show on the phone');
  button.addEventListener('click', () => showOnPhone(n));
  return [...row, create('div', {}, button)];
}

/** @param {Callback} callback */
function showCallback({ atMs, method, url, status, error, referenceId }) {
  const outcome =
    status !== undefined ? httpChip(status) : error !== undefined ? chip(error, 'bad') : chip('under way', 'open');
  return [
    create('div', { class: 'line' }, time(atMs), create('strong', { class: 'grow' }, method), outcome),
    create('div', { class: 'small' }, url),
    create('code', { class: 'small' }, referenceId),
  ];
}

/** @param {Call} call */
function outcomeOfCall({ status, dropped }) {
  if (dropped !== undefined) return chip(dropped === 'hang' ? 'no answer' : 'cut off', 'bad');
  return status === undefined ? chip('under way', 'open') : httpChip(status);
}

/** @param {Call} call */
function showCall(call) {
  const { atMs, method, path, operation, problem, headers, body } = call;
  const text = [
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined ? [] : ['', typeof body === 'string' ? body : JSON.stringify(body, null, 2)]),
  ].join('\n');
  const details = create(
    'details',
    {},
    create(
      'summary',
      {},
      create(
        'span',
        { class: 'line' },
        time(atMs),
        create('strong', { class: 'grow' }, operation === 'unknown' ? 'MTN has no such call' : operation),
        outcomeOfCall(call),
      ),
      create('code', { class: 'small' }, `${method} ${path}`),
      ...(problem === undefined ? [] : [create('span', { class: 'problem' }, problem)]),
    ),
    create('pre', { tabindex: '0' }, text),
  );
  // What opens at the lower end of the list would open unseen.
  details.firstElementChild?.addEventListener('click', () =>
    requestAnimationFrame(() => details.scrollIntoView({ block: 'nearest' })),
  );
  return [details];
}

export const paymentList = createList('payments', showPayment);
export const callbackList = createList('callbacks', showCallback);
export const callList = createList('calls', showCall);

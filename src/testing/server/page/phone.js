// @ts-check
import { send } from './connection.js';
import { byId, create, setText } from './dom.js';
import { amountOf, durationOf, isOpen, nameOf, outcomeOf, wordsOf } from './words.js';

/** @typedef {import('./words.js').Payment} Payment */

const phone = byId('phone', HTMLElement);
const idle = byId('idle', HTMLElement);
const idleTitle = byId('idle-title', HTMLElement);
const notice = byId('notice', HTMLElement);
const prompt = byId('prompt', HTMLFormElement);
const pin = byId('pin', HTMLInputElement);
const pinProblem = byId('pin-problem', HTMLElement);
const beside = byId('beside', HTMLFormElement);
const code = byId('code', HTMLSelectElement);
const timeLeft = byId('time-left', HTMLElement);
const announcement = byId('announcement', HTMLElement);

// The codes of MTN's contract that a payer's payment can end with.
const codes = [
  'NOT_ENOUGH_FUNDS',
  'PAYER_LIMIT_REACHED',
  'PAYER_NOT_FOUND',
  'PAYMENT_NOT_APPROVED',
  'TRANSACTION_CANCELED',
  'PAYEE_NOT_ALLOWED_TO_RECEIVE',
  'COULD_NOT_PERFORM_TRANSACTION',
  'INTERNAL_PROCESSING_ERROR',
  'SERVICE_UNAVAILABLE',
];

/** @type {Payment[]} Those that wait for an answer, oldest first. */
let waiting = [];
/** @type {Payment | undefined} */
let shown;
/** How far the sandbox's time is ahead of this page's. */
let aheadMs = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let noticeTimer;

/** @param {string} text */
function showProblem(text) {
  setText(pinProblem, text);
  if (text === '') pin.removeAttribute('aria-invalid');
  else pin.setAttribute('aria-invalid', 'true');
}

/** Is the person somewhere else on the page? Then the phone rings without taking the focus away. */
function isElsewhere() {
  const { activeElement } = document;
  return (
    activeElement !== null &&
    activeElement !== document.body &&
    !phone.contains(activeElement) &&
    !beside.contains(activeElement)
  );
}

/** @param {Payment} payment */
function detailsOf({ externalId, payer, payerMessage, payeeNote }) {
  const lines = [
    ['From', payer],
    ['Order', externalId],
    ['Message', payerMessage ?? payeeNote ?? ''],
  ];
  return lines
    .filter(([, value], index) => value !== '' && !(index === 2 && value === externalId))
    .map(([name = '', value = '']) => create('div', {}, create('dt', {}, name), create('dd', {}, value)));
}

function showCount() {
  const place = waiting.findIndex(({ n }) => n === shown?.n);
  const many = waiting.length > 1;
  setText(
    byId('prompt-count', HTMLElement),
    many ? `${place + 1} of ${waiting.length}` : `${wordsOf(shown?.operation ?? '').noun} request`,
  );
  byId('prompt-turns', HTMLElement).hidden = !many;
}

/** @param {Payment | undefined} payment */
function show(payment) {
  const wasElsewhere = isElsewhere();
  const hadPrompt = shown !== undefined;
  shown = payment;
  idle.hidden = payment !== undefined;
  prompt.hidden = payment === undefined;
  beside.hidden = payment === undefined;
  phone.classList.toggle('rings', payment !== undefined);
  showProblem('');
  pin.value = '';
  if (payment === undefined) {
    if (hadPrompt && !wasElsewhere) idleTitle.focus();
    return;
  }
  setText(byId('prompt-title', HTMLElement), wordsOf(payment.operation).title);
  setText(byId('prompt-amount', HTMLElement), amountOf(payment));
  byId('prompt-details', HTMLElement).replaceChildren(...detailsOf(payment));
  byId('beside-hint', HTMLElement).hidden = payment.expiresAtMs === undefined;
  tick();
  if (!wasElsewhere) pin.focus({ preventScroll: true });
}

/** Once a second: the clock, and what is left of the payer's time. */
export function tick() {
  const nowMs = Date.now() + aheadMs;
  const time = new Date(nowMs).toTimeString().slice(0, 5);
  setText(byId('clock', HTMLElement), time);
  setText(byId('idle-time', HTMLElement), time);
  const until = shown?.expiresAtMs;
  setText(timeLeft, until === undefined ? '' : `${durationOf(until - nowMs)} left`);
  timeLeft.classList.toggle('short', until !== undefined && until - nowMs < 60_000);
}

/** @param {Payment} payment */
function tell(payment) {
  setText(notice, outcomeOf(payment));
  notice.dataset.status = payment.status;
  notice.hidden = false;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => {
    notice.hidden = true;
  }, 6000);
}

/**
 * Takes in what the server says.
 *
 * @param {readonly Payment[]} payments All of them, oldest first.
 * @param {readonly Payment[]} changed
 * @param {number} serverNowMs
 */
export function updatePhone(payments, changed, serverNowMs) {
  aheadMs = serverNowMs - Date.now();
  const known = new Set(waiting.map(({ n }) => n));
  waiting = payments.filter(isOpen);
  const said = [];
  for (const payment of changed) {
    if (isOpen(payment)) continue;
    if (!known.has(payment.n)) continue;
    tell(payment);
    said.push(outcomeOf(payment));
  }
  const current = waiting.find(({ n }) => n === shown?.n) ?? waiting[0];
  if (current?.n !== shown?.n) show(current);
  showCount();
  const arrived = waiting.filter(({ n }) => !known.has(n));
  // Nobody wants to hear a whole list.
  if (arrived.length > 3) said.push(`The phone rings: ${arrived.length} wait for an answer`);
  else for (const payment of arrived) said.push(`The phone rings: ${nameOf(payment)}`);
  if (said.length > 0) setText(announcement, said.join('. '));
  document.title = waiting.length > 0 ? `(${waiting.length}) Sandbox phone` : 'Sandbox phone';
}

/** Forgets everything: the server is another one. */
export function resetPhone() {
  waiting = [];
  show(undefined);
}

/** @param {number} n */
export function showOnPhone(n) {
  const payment = waiting.find((candidate) => candidate.n === n);
  if (payment === undefined) return;
  show(payment);
  showCount();
  pin.focus();
  phone.scrollIntoView({ block: 'nearest' });
}

/** @param {number} step */
function turn(step) {
  const place = waiting.findIndex(({ n }) => n === shown?.n);
  show(waiting.at((place + step) % waiting.length));
  showCount();
}

/**
 * @param {'approve' | 'reject' | 'expire'} action
 * @param {object} [body]
 */
async function decide(action, body) {
  if (shown === undefined) return;
  const { referenceId } = shown;
  const problem = await send(`payments/${referenceId}/${action}`, body);
  if (problem !== undefined && shown?.referenceId === referenceId) showProblem(problem);
}

function press(/** @type {string} */ digit) {
  pin.value = digit === '⌫' ? pin.value.slice(0, -1) : (pin.value + digit).slice(0, 5);
  showProblem('');
}

export function startPhone() {
  for (const digit of ['1', '2', '3', '4', '5', '6', '7', '8', '9', '', '0', '⌫']) {
    // For finger and mouse: on a keyboard the digits are there already, and Tab should lead to the answers.
    const key =
      digit === ''
        ? create('span')
        : create(
            'button',
            { type: 'button', tabindex: '-1', ...(digit === '⌫' ? { 'aria-label': 'Delete' } : {}) },
            digit,
          );
    key.addEventListener('pointerdown', (event) => event.preventDefault());
    if (digit !== '') key.addEventListener('click', () => press(digit));
    byId('keypad', HTMLElement).append(key);
  }
  code.append(...codes.map((name) => create('option', {}, name)));
  pin.addEventListener('input', () => {
    pin.value = pin.value.replace(/\D/g, '');
    showProblem('');
  });
  prompt.addEventListener('submit', (event) => {
    event.preventDefault();
    // The PIN never leaves the page: some will type their own all the same.
    if (!/^\d{4,5}$/.test(pin.value)) {
      showProblem('The PIN has 4 or 5 digits.');
      pin.focus();
      return;
    }
    decide('approve');
  });
  byId('refuse', HTMLElement).addEventListener('click', () => decide('reject'));
  byId('expire', HTMLElement).addEventListener('click', () => decide('expire'));
  beside.addEventListener('submit', (event) => {
    event.preventDefault();
    decide('reject', { code: code.value });
  });
  byId('prompt-previous', HTMLElement).addEventListener('click', () => turn(-1));
  byId('prompt-next', HTMLElement).addEventListener('click', () => turn(1));
  setInterval(tick, 1000);
  tick();
}

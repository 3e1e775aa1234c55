// @ts-check
import { send } from './connection.js';
import { byId, create } from './dom.js';

/** @typedef {import('../view.js').FaultView} FaultView */
/** @typedef {import('../view.js').ServerView} ServerView */

/** @type {readonly { label: string, hint: string, fault: Readonly<Record<string, unknown>> }[]} */
const presets = [
  {
    label: 'Payments: answer lost',
    hint: 'The payment is made and rings, but the connection breaks before the 202.',
    fault: { on: 'requestToPay', drop: 'after' },
  },
  {
    label: 'Payments: never arrive',
    hint: 'The connection breaks before anything is done.',
    fault: { on: 'requestToPay', drop: 'before' },
  },
  {
    label: 'Payments: unknown for 20 seconds',
    hint: 'Accepted, but status reads say 404 at first.',
    fault: { on: 'requestToPay', lagMs: 20_000 },
  },
  {
    label: 'Status reads: 503',
    hint: 'SERVICE_UNAVAILABLE, as in an outage.',
    fault: { on: 'getRequestToPay', status: 503, body: { code: 'SERVICE_UNAVAILABLE' } },
  },
  {
    label: 'Status reads: 429',
    hint: 'Too many calls, try again in 5 seconds.',
    fault: {
      on: 'getRequestToPay',
      status: 429,
      headers: { 'retry-after': '5' },
      body: { statusCode: 429, message: 'Rate limit is exceeded. Try again in 5 seconds.' },
    },
  },
  {
    label: 'Tokens: refused',
    hint: '401, as with a wrong API key.',
    fault: { on: 'createAccessToken', status: 401, body: { error: 'login_failed' } },
  },
  { label: 'Every answer 5 seconds late', hint: 'A slow day at MTN.', fault: { on: '*', delayMs: 5000 } },
];

const switches = byId('switches', HTMLElement);
const others = byId('other-faults', HTMLElement);
const othersTitle = byId('other-faults-title', HTMLElement);

/** @param {object} fault */
function keyOf(fault) {
  return JSON.stringify(Object.entries(fault).sort(([a], [b]) => a.localeCompare(b)));
}

/**
 * @param {string} label
 * @param {string} hint
 * @param {(isOn: boolean) => Promise<string | undefined>} turn
 */
function addSwitch(label, hint, turn) {
  const id = `switch-${switches.childElementCount}`;
  const input = document.createElement('input');
  Object.assign(input, { type: 'checkbox', id });
  input.setAttribute('role', 'switch');
  input.setAttribute('aria-describedby', `${id}-hint`);
  const note = create('span', { class: 'hint', id: `${id}-hint` }, hint);
  switches.append(create('li', {}, input, create('label', { for: id }, label), note));
  input.addEventListener('change', async () => {
    const wanted = input.checked;
    const problem = await turn(wanted);
    if (problem === undefined) return;
    input.checked = !wanted;
    note.textContent = problem;
  });
  return input;
}

/** @type {readonly FaultView[]} */
let pending = [];

const inputs = presets.map(({ label, hint, fault }) => ({
  key: keyOf({ ...fault, left: 'always' }),
  input: addSwitch(label, hint, async (isOn) => {
    if (isOn) return send('faults', { ...fault, times: 'always' });
    const wanted = keyOf({ ...fault, left: 'always' });
    for (const { id, ...rest } of pending) {
      if (keyOf(rest) !== wanted) continue;
      const problem = await send(`faults/${id}`, {}, 'DELETE');
      if (problem !== undefined) return problem;
    }
    return undefined;
  }),
}));
const lostCallbacks = addSwitch('Callbacks: never come', 'Sent nowhere; the list says so.', (isOn) =>
  send('settings', { callbacks: isOn ? 'lost' : 'delivered' }),
);

/** @param {FaultView} fault */
function showOther({ id, left, ...fault }) {
  const button = create('button', { type: 'button', class: 'quiet' }, 'Cancel');
  button.addEventListener('click', () => send(`faults/${id}`, {}, 'DELETE'));
  const times = left === 'always' ? 'until cancelled' : left === 1 ? 'once' : `${left} times`;
  return create(
    'li',
    { class: 'line' },
    create('span', { class: 'grow' }, create('code', {}, JSON.stringify(fault)), ` ${times} `),
    button,
  );
}

/** @param {readonly FaultView[]} faults */
export function updateFaults(faults) {
  pending = faults;
  const keys = new Set(faults.map(({ id: _id, ...rest }) => keyOf(rest)));
  for (const { key, input } of inputs) input.checked = keys.has(key);
  const ours = new Set(inputs.map(({ key }) => key));
  const rest = faults.filter(({ id: _id, ...fault }) => !ours.has(keyOf(fault)));
  othersTitle.hidden = rest.length === 0;
  others.replaceChildren(...rest.map(showOther));
}

/** @param {ServerView} server */
export function updateSettings({ callbacks }) {
  lostCallbacks.checked = callbacks === 'lost';
}

// @ts-check
import { byId, setText } from './dom.js';

/** @typedef {import('../feed.js').Update} Update */

const place = byId('connection', HTMLElement);

/**
 * @param {'connecting' | 'live' | 'lost'} state
 * @param {string} text
 */
function show(state, text) {
  place.dataset.state = state;
  setText(place, text);
}

/**
 * Listens to the server. The browser connects again by itself when the connection is lost.
 *
 * @param {(update: Update) => void} onUpdate
 */
export function listen(onUpdate) {
  const events = new EventSource('/_phone/events');
  events.onopen = () => show('live', 'Live');
  events.onmessage = ({ data }) => onUpdate(JSON.parse(data));
  events.onerror = () => {
    show('lost', 'Disconnected. Is the sandbox still running?');
    // Some browsers give up for good when the server answers with an error, as a proxy in between may.
    if (events.readyState === EventSource.CLOSED) setTimeout(() => listen(onUpdate), 2000);
  };
}

/**
 * Sends a control request.
 *
 * @param {string} path
 * @param {object} [body]
 * @param {'POST' | 'DELETE'} [method]
 * @returns {Promise<string | undefined>} What went wrong, in words; undefined when all is well.
 */
export async function send(path, body = {}, method = 'POST') {
  try {
    const response = await fetch(`/_phone/${path}`, {
      method,
      ...(method === 'POST' ? { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) } : {}),
    });
    if (response.ok) return undefined;
    const { error } = await response.json();
    return String(error);
  } catch {
    return 'The sandbox does not answer. Is it still running?';
  }
}

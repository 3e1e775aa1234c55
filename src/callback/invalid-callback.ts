import { MomoError } from '../errors.js';

/** @internal A body that is not taken. Neither message nor cause holds a word of the body: strangers write it. */
export function invalidCallback(message: string, path = ''): MomoError {
  const problem = path === '' ? `the body ${message}` : `${path} ${message}`;
  return new MomoError('invalid_callback', `The callback was not taken: ${problem}. Only a status read tells.`, {
    issues: [{ path, message }],
  });
}

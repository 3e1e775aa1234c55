import type { ServerResponse } from 'node:http';
import type { Feed } from './feed.js';

/** A sign of life, for what stands between and closes silent connections. */
const heartbeatMs = 20_000;

/** Sends the feed as server-sent events until the reader leaves. A reader that is slow misses nothing: it is told less often. */
export function streamEvents(response: ServerResponse, feed: Feed): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  // How soon a browser tries again when the connection is lost.
  response.write('retry: 1000\n\n');
  const subscription = feed.subscribe(
    (update) => response.write(`data: ${JSON.stringify(update)}\n\n`),
    () => !response.writableNeedDrain,
  );
  response.on('drain', subscription.resume);
  const heartbeat = setInterval(() => response.write(':\n\n'), heartbeatMs);
  heartbeat.unref();
  response.once('close', () => {
    clearInterval(heartbeat);
    subscription.end();
  });
}

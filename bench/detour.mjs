// mtn-momo-client has its address built in, and takes no other: here what it sends there by `node:https` goes to the mock.

import http from 'node:http';
import https from 'node:https';

const builtIn = 'sandbox.momodeveloper.mtn.com';

export function detourTo(baseUrl) {
  const { hostname, port } = new URL(baseUrl);
  https.request = (options, callback) => {
    if (options.hostname !== builtIn) throw new Error(`The benchmark does not call ${options.hostname}.`);
    const plain = { ...options, protocol: 'http:', host: hostname, hostname, port, agent: undefined };
    return http.request(plain, callback);
  };
}

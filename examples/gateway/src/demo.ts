import { MomoError } from 'momo-collections';
import { type SandboxServer, startSandboxServer } from 'momo-collections/testing/server';
import { type Apps, demoAppName } from './apps/apps.ts';
import type { Configuration } from './configuration.ts';

/** An environment that MTN does not have, so that every currency can be tried. */
const targetEnvironment = 'embedded';

/** MTN on this machine, in this process: nothing is charged, and its payments are gone when it ends. */
export async function startEmbeddedMtn({ sandboxPort, sandboxApproval }: Configuration): Promise<SandboxServer> {
  const start = (port: number) => startSandboxServer({ port, approval: sandboxApproval, targetEnvironment });
  try {
    return await start(sandboxPort);
  } catch (error) {
    // Taken: any other port is as good.
    if (MomoError.is(error, 'invalid_input') && sandboxPort !== 0) return start(0);
    throw error;
  }
}

/** An app to try things with, the same at every start. */
export async function ensureDemoApp(apps: Apps): Promise<string> {
  const known = await apps.findByName(demoAppName);
  if (known === undefined) {
    return (await apps.add({ name: demoAppName, callbackUrl: undefined, requestsPerMinute: 6_000 })).key;
  }
  const key = await apps.signingKey(known.id).catch(() => undefined);
  if (key !== undefined && (await apps.findByKey(key))) return key;
  // Sealed under a master key that is no more, or disabled.
  return String(await apps.rotate(demoAppName));
}

/** What to do now. */
export function describeDemo(url: string, key: string, mtn: SandboxServer | undefined): string {
  return `
The gateway listens on ${url}. It works with an MTN on this machine: no real money moves.${
    mtn ? `\nPhone page: ${mtn.phoneUrl}` : ''
  }
Demo app key: ${key}

  export KEY=${key}
  curl -s ${url}/request-to-pay -H "X-Proxy-Api-Key: $KEY" \\
    -d '{"amount":"100","externalId":"ORDER-1","payer":{"partyIdType":"MSISDN","partyId":"26876123456"}}'
  curl -s ${url}/status/REFERENCE_ID -H "X-Proxy-Api-Key: $KEY"

`;
}

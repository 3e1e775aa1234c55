import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Configuration } from './configuration.ts';

interface LocalSecrets {
  readonly masterKey: string;
  readonly callbackSecret: string;
}

function readOrMake(folder: string): LocalSecrets {
  const file = join(folder, 'local-secrets.json');
  const made: LocalSecrets = {
    masterKey: randomBytes(32).toString('base64'),
    callbackSecret: randomBytes(32).toString('hex'),
  };
  try {
    // Never over one that is there: the keys of the apps are sealed with it.
    writeFileSync(file, JSON.stringify(made), { mode: 0o600, flag: 'wx' });
    return made;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return JSON.parse(readFileSync(file, 'utf8')) as LocalSecrets;
  }
}

/**
 * The configuration with all it needs: on this machine, with no real money about, missing secrets are made and kept in
 * the data folder, and so are results, apart from real ones.
 */
export function withLocalSecrets(given: Configuration): Configuration & { readonly masterKey: string } {
  const dataFolder = given.mode === 'live' ? given.dataFolder : join(given.dataFolder, 'local');
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const { masterKey, callbackSecrets } = given;
  if (masterKey !== undefined && callbackSecrets.length > 0) return { ...given, dataFolder, masterKey };
  const made = readOrMake(dataFolder);
  return {
    ...given,
    dataFolder,
    masterKey: masterKey ?? made.masterKey,
    callbackSecrets: callbackSecrets.length > 0 ? callbackSecrets : [made.callbackSecret],
  };
}

import { existsSync } from 'node:fs';
import type { Configuration } from './configuration.ts';
import { readConfiguration } from './read-configuration.ts';

/** The configuration out of the environment and a `.env` file, whose variables stand back behind those that are set. */
export function configurationFromEnvironment(): Configuration {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return readConfiguration(process.env);
}

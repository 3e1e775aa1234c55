// For a job that runs every minute: vercel.json has it for Vercel, which sends the secret by itself.

import { createHash, timingSafeEqual } from 'node:crypto';
import { getShop } from '../../lib/instance.ts';

/** Seconds, where the platform would stop earlier. */
export const maxDuration = 60;

const hash = (text: string) => createHash('sha256').update(text).digest();

export async function GET(request: Request): Promise<Response> {
  const { CRON_SECRET: secret } = process.env;
  const given = request.headers.get('authorization') ?? '';
  if (!secret || !timingSafeEqual(hash(given), hash(`Bearer ${secret}`))) return new Response(null, { status: 401 });
  await getShop().payments.sweep();
  return new Response(null, { status: 204 });
}

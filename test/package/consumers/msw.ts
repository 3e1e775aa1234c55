// A stranger's file that uses every export of `momo-collections/testing/msw`. Compiled, never run.
import { createMomoSandbox } from 'momo-collections/testing';
import { type MomoHandlersOptions, momoHandlers } from 'momo-collections/testing/msw';
import type { HttpHandler } from 'msw';
import { setupServer } from 'msw/node';

const options: MomoHandlersOptions = { baseUrl: 'https://momo.example' };
const handlers: HttpHandler[] = momoHandlers(createMomoSandbox(), options);

export const server = setupServer(...handlers);
// @ts-expect-error: the sandbox is missing
momoHandlers();
// @ts-expect-error: no such option
momoHandlers(createMomoSandbox(), { url: 'https://momo.example' });

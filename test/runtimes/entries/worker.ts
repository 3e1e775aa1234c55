// For workerd: a worker.
import { runCases } from './run-cases.js';

export default {
  async fetch(): Promise<Response> {
    return Response.json(await runCases());
  },
};

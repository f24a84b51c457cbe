import { fileURLToPath } from 'node:url';
import { start } from '../run/servers.ts';
import type { Contender } from './contender.ts';

const PROGRAM = fileURLToPath(new URL('../../peers/fastapi/serve.py', import.meta.url));

/** Debian's Python, which sees Debian's packages. */
export const PYTHON = '/usr/bin/python3';

/** FastAPI under uvicorn with one worker process; stores nothing. On SIGTERM it would wait for calls that block it. */
export function fastapi(way: 'old' | 'well', connectionsMax: number): Contender {
  return {
    async serve({ paymentPort }) {
      const { url, pid, stop } = await start(PYTHON, [PROGRAM, way, `${paymentPort}`], 'SIGKILL');
      return { url, pids: [pid], connectionsMax, report: () => Promise.resolve({ loopDelayMs: null }), stop };
    },
  };
}

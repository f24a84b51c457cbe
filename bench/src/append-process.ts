import { appendFrom, type AppendTask } from './appends.ts';

process.send?.(await appendFrom(JSON.parse(process.argv[2] ?? '') as AppendTask));
process.disconnect();

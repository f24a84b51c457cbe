import type { AppendRecord } from '../evidence/evidence.ts';
import { isSame } from './fold.ts';
import type { Check } from './check.ts';

/** Checks each append by stream and log before and after it. */
export const versions: Check = {
  number: '9',
  invariant: 'versions are 1 to n; an append is all or nothing; a conflict names the true version',
  check({ step }) {
    for (const record of step.appends) {
      const detail = wrongWith(record);
      if (detail !== null) return { about: record.request.stream, detail };
    }
    return null;
  },
};

function wrongWith({ request, result, before, written }: AppendRecord): string | null {
  const version = before.length;
  switch (result.kind) {
    case 'appended': {
      const isRepeated = before.some((event) => event.commandId === request.commandId);
      if (isRepeated) return written.length === 0 ? null : 'a repeated command wrote again';
      const wanted = request.expected === 'none' ? 0 : request.expected;
      if (wanted !== version) return `expected version ${wanted} won at ${version}`;
      const wereAllWritten = written.length === request.events.length;
      const areNumbered = written.every((event, index) => event.version === version + index + 1);
      if (!wereAllWritten || !areNumbered) return `of ${request.events.length} events ${written.length} were written`;
      return result.version === version + written.length ? null : `appended version ${result.version}`;
    }
    case 'conflict': {
      if (written.length > 0) return 'a lost race wrote events';
      const actual = version === 0 ? 'none' : version;
      if (result.actual !== actual) return `a conflict named version ${result.actual}, it is ${actual}`;
      const missed = before.slice(request.expected === 'none' ? 0 : request.expected);
      return isSame(result.missed, missed) ? null : 'a conflict returned other events than those that were missed';
    }
    case 'key-taken':
    case 'lease-lost':
      return written.length === 0 ? null : `an append that ended "${result.kind}" wrote events`;
  }
}

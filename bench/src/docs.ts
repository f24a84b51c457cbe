import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OUT_COMPLETE } from './options.ts';
import { fillPage, PAGES } from './report/documents.ts';
import { parseResults } from './report/results.ts';
import { RESULTS_FILE, writeResults } from './report/write.ts';

// pnpm bench:docs: writes tables, plots and pages anew from the results of the last complete run.
const results = parseResults(readFileSync(join(OUT_COMPLETE, RESULTS_FILE), 'utf8'));
writeResults(OUT_COMPLETE, results);
for (const page of PAGES) writeFileSync(page, fillPage(readFileSync(page, 'utf8'), results));

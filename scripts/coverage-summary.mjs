// Prints the coverage of the last run as a table of Markdown, for the summary of a job. Needs COVERAGE=1 in that run.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './process.mjs';

const path = join(root, 'coverage', 'coverage-summary.json');
console.log(`### Coverage on Node ${process.version}\n`);
if (existsSync(path)) {
  const { total } = JSON.parse(readFileSync(path, 'utf8'));
  console.log('| | covered | of | % |\n| --- | ---: | ---: | ---: |');
  for (const kind of ['lines', 'statements', 'functions', 'branches']) {
    console.log(`| ${kind} | ${total[kind].covered} | ${total[kind].total} | ${total[kind].pct} |`);
  }
} else console.log('The tests ended without a report.');

#!/usr/bin/env node
import { unsupportedNode } from '@reservations/core/supported-node';

// Everything else is loaded after the check: an older Node cannot even read some of it. So nothing in this file may be
// newer than ES modules.
const fault = unsupportedNode(process.versions.node);
if (fault === null) {
  void import('./cli/process/first-process.ts').then(async ({ endFirstProcessBySignals }) => {
    // Before the rest is loaded, which takes longer than anything here.
    endFirstProcessBySignals(process);
    const { runProgram } = await import('./cli/process/program.ts');
    return await runProgram();
  });
} else {
  const isJson = process.argv.includes('--json');
  const error = { code: 'unsupported_node', message: fault };
  process.stderr.write(`${isJson ? JSON.stringify({ error }) : `reservations-server: ${fault}`}\n`);
  process.exitCode = 2;
}

import { openDescriptorWriter } from './descriptor-writer.ts';
import { createOutput, type Output } from './output.ts';

const opened = new Map<1 | 2, Output>();

/** The process's standard output: the one way to it, for the log and for commands, so that lines keep their order. */
export function standardOutput(): Output {
  return opened.get(1) ?? open(1);
}

/** The process's standard error: the one way to it. */
export function standardError(): Output {
  return opened.get(2) ?? open(2);
}

function open(descriptor: 1 | 2): Output {
  const output = createOutput(openDescriptorWriter(descriptor));
  opened.set(descriptor, output);
  process.on('exit', () => output.writeAtExit());
  return output;
}

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The workspace's folder. */
export const root = fileURLToPath(new URL('..', import.meta.url));

const binaries = join(root, 'node_modules', '.bin');

/** A signal repeated within this time is the same key press: a terminal and npm both deliver it. */
const SAME_SIGNAL_MS = 300;

/** Where the Node lies that is installed with the workspace; without it every tool takes the one on the path. */
export const bundledNode = join(binaries, 'node');

/** The environment of every child: the workspace's tools first. */
export function toolEnvironment() {
  const colour = process.stdout.isTTY ? {} : { NO_COLOR: '1' };
  return { ...process.env, ...colour, PATH: `${binaries}${delimiter}${process.env['PATH'] ?? ''}` };
}

/**
 * Runs a command without input and collects what it prints; resolves with its exit code (128 + n after signal n, 1 when
 * it cannot run) and the signal that ended it.
 */
export function capture(command, args, directory = root) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: directory,
      env: toolEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('error', (error) => resolve({ exitCode: 1, signal: null, output: String(error) }));
    child.on('close', (code, signal) => {
      const exitCode = code ?? 128 + constants.signals[signal];
      resolve({ exitCode, signal, output: Buffer.concat(chunks).toString() });
    });
  });
}

/**
 * Runs a command in the foreground, hands SIGINT, SIGTERM and SIGHUP on, and resolves with its exit code
 * (128 + n after signal n) once it has ended by itself.
 */
export function foreground(command, args, directory) {
  return new Promise((resolve, reject) => {
    // A process group of its own: a key press reaches the child once, from here, and not twice.
    const child = spawn(command, args, { cwd: directory, env: toolEnvironment(), stdio: 'inherit', detached: true });
    const last = { signal: '', at: 0 };
    const forward = (signal) => {
      if (last.signal === signal && Date.now() - last.at < SAME_SIGNAL_MS) return;
      Object.assign(last, { signal, at: Date.now() });
      child.kill(signal);
    };
    for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) process.on(signal, forward);
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

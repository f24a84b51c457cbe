/**
 * Generates packages/core/src/proto/generated from proto/payment.proto: the TypeScript types, by proto-loader's
 * own generator, and the proto itself as a JSON descriptor, so that no .proto file has to be found at run time.
 *
 *   node scripts/generate-proto.ts           writes the files
 *   node scripts/generate-proto.ts --check   changes nothing; exits with 1 when a file is stale
 */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PROTO = 'proto/payment.proto';
const TARGET = 'packages/core/src/proto/generated';
const HEADER = `// Generated from ${PROTO} by "pnpm generate". Not to be edited by hand.\n\n`;

const requireFromCore = createRequire(join(ROOT, 'packages/core/package.json'));
const protoLoader = requireFromCore.resolve('@grpc/proto-loader/package.json');

interface Protobufjs {
  parse(source: string, options: { keepCase: boolean }): { root: { toJSON(): unknown } };
}

/** All generated files by their path inside the target folder. */
async function generate(): Promise<ReadonlyMap<string, string>> {
  const files = await generateTypes();
  files.set('descriptor.ts', await generateDescriptor());
  return files;
}

async function generateTypes(): Promise<Map<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'generate-proto-'));
  try {
    const generator = join(dirname(protoLoader), 'build/bin/proto-loader-gen-types.js');
    const options = ['--keepCase', '--defaults', '--grpcLib=@grpc/grpc-js', '--importFileExtension=.ts'];
    execFileSync(process.execPath, [generator, ...options, `--outDir=${folder}`, PROTO], { cwd: ROOT });
    const files = new Map<string, string>();
    for (const name of await listFiles(folder)) {
      files.set(name, tidy(await readFile(join(folder, name), 'utf8')));
    }
    return files;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The generator's first line holds the absolute path of this machine, which must not reach the repository. */
function tidy(source: string): string {
  const lines = source.replace(/^\/\/ Original file: .*\n/, '').split('\n');
  return `${HEADER}${lines
    .map((line) => line.trimEnd())
    .join('\n')
    .trim()}\n`;
}

async function generateDescriptor(): Promise<string> {
  const protobufjs = createRequire(protoLoader)('protobufjs') as Protobufjs;
  const source = await readFile(join(ROOT, PROTO), 'utf8');
  const descriptor = JSON.stringify(protobufjs.parse(source, { keepCase: true }).root.toJSON(), null, 2);
  return `${HEADER}/** ${PROTO} as a JSON descriptor of protobufjs. */
export const descriptor: Readonly<Record<string, unknown>> = ${descriptor};
`;
}

async function listFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

async function write(files: ReadonlyMap<string, string>): Promise<void> {
  await rm(join(ROOT, TARGET), { recursive: true, force: true });
  for (const [name, source] of files) {
    const path = join(ROOT, TARGET, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, source);
  }
  console.log(`${files.size} files written to ${TARGET}`);
}

/** What is wrong with the files that are there, one line for each. */
async function findStale(files: ReadonlyMap<string, string>): Promise<readonly string[]> {
  const present = await listFiles(join(ROOT, TARGET));
  const faults = present.filter((name) => !files.has(name)).map((name) => `${TARGET}/${name} is no longer generated`);
  for (const [name, source] of files) {
    const found = await readFile(join(ROOT, TARGET, name), 'utf8').catch(() => null);
    if (found === null) faults.push(`${TARGET}/${name} is missing`);
    else if (found !== source) faults.push(`${TARGET}/${name} is stale`);
  }
  return faults;
}

const files = await generate();
if (process.argv.includes('--check')) {
  const faults = await findStale(files);
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) {
    console.error(`Run "pnpm generate" and commit the result.`);
    process.exitCode = 1;
  }
} else {
  await write(files);
}

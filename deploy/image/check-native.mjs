// Runs in the build of the image, on the target platform: loads the native module of SQLite and uses it, so that an
// image with a prebuild of another platform or another C library is never made.
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire('/app/dist/main.js');
const Database = require('better-sqlite3');
const prebuilds = readdirSync(join(dirname(require.resolve('better-sqlite3/package.json')), 'prebuilds'));

const database = new Database(':memory:');
const { version } = database.prepare('SELECT sqlite_version() AS version').get();
database.close();

const { glibcVersionRuntime } = process.report.getReport().header;
const expected = `linux-${process.arch}.node`;
if (!prebuilds.includes(expected)) throw new Error(`expected the prebuild ${expected}, found ${prebuilds.join(', ')}`);
console.log(`SQLite ${version} loads on Node ${process.version}, linux/${process.arch}, glibc ${glibcVersionRuntime}`);

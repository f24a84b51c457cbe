import { createHash } from 'node:crypto';
import { answerProblem } from '../answer.ts';
import type { AppContext } from '../app-state.ts';
import { answerNotModified } from '../etag.ts';
import { PROBLEMS } from '../problems/problems.ts';
import { createDocument } from '../wire/document.ts';
import { PAGE_FILES, PAGE_HEADERS, PAGE_SCRIPT, pageHtml } from './page.ts';
import { readSwaggerUi } from './swagger-ui.ts';

/** A text with its ETag. */
interface Text {
  readonly bytes: Buffer;
  readonly etag: string;
}

/** `GET /openapi.json`: the OpenAPI document. Below a path where the service is mounted, it names that path. */
export function getDocument(): (ctx: AppContext) => void {
  // One mount path is usual; some applications have one for each of many, so the last one is kept.
  let last: { readonly mountPath: string; readonly text: Text } | null = null;
  return (ctx) => {
    const { mountPath } = ctx.state;
    if (last?.mountPath !== mountPath) {
      last = { mountPath, text: textOf(`${JSON.stringify(createDocument(mountPath), null, 2)}\n`) };
    }
    answerText(ctx, last.text, 'application/json');
  };
}

/** `GET /docs`: the page. */
export function getPage(ctx: AppContext): void {
  ctx.set(PAGE_HEADERS);
  answerText(ctx, textOf(pageHtml(ctx.path.endsWith('/') ? '' : 'docs/')), 'text/html; charset=utf-8');
}

/** Read when they are first asked for. */
const files = new Map<string, Promise<Text>>();

/** `GET /docs/{file}`: a file of the page. */
export async function getPageFile(ctx: AppContext, file: string): Promise<void> {
  const contentType = Object.hasOwn(PAGE_FILES, file) ? PAGE_FILES[file] : undefined;
  if (contentType === undefined) {
    answerProblem(ctx, { code: 'not_found', detail: PROBLEMS.not_found.title });
    return;
  }
  const text = await readOnce(file);
  ctx.set(PAGE_HEADERS);
  answerText(ctx, text, contentType);
}

async function readOnce(file: string): Promise<Text> {
  const read = files.get(file) ?? readPageFile(file);
  files.set(file, read);
  try {
    return await read;
  } catch (error) {
    files.delete(file);
    throw error;
  }
}

async function readPageFile(file: string): Promise<Text> {
  return textOf(file === 'page.js' ? PAGE_SCRIPT : await readSwaggerUi(file));
}

function textOf(content: string | Buffer): Text {
  const bytes = Buffer.from(content);
  return { bytes, etag: `"${createHash('sha256').update(bytes).digest('base64url')}"` };
}

/** Answers 304 to a client that has the text. It may keep it, and asks each time whether it is still the current one. */
function answerText(ctx: AppContext, { bytes, etag }: Text, contentType: string): void {
  if (answerNotModified(ctx, etag, 'no-cache')) return;
  ctx.status = 200;
  ctx.set('Content-Type', contentType);
  ctx.body = bytes;
}

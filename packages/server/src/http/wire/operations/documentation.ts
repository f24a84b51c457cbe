import type { AnswerHeader } from '../headers.ts';
import { NOT_MODIFIED, type Operation, VALIDATORS } from '../operation.ts';

/** Headers of what a browser loads as a page. */
const PAGE_HEADERS: readonly AnswerHeader[] = [...VALIDATORS, 'Content-Security-Policy', 'Referrer-Policy'];

/** What describes the others. */
export const DOCUMENTATION_OPERATIONS: Readonly<Record<'document' | 'page' | 'pageFile', Operation>> = {
  document: {
    operationId: 'openapi_openapi_json_get',
    method: 'get',
    path: '/openapi.json',
    tag: 'service',
    scope: null,
    summary: 'Returns the OpenAPI 3.1 document of the API',
    isListed: false,
    isLimited: false,
    headers: ['If-None-Match'],
    answers: [
      { status: 200, description: 'The document.', types: ['application/json'], headers: VALIDATORS },
      { status: 304, description: NOT_MODIFIED, headers: VALIDATORS },
    ],
    problems: [],
  },
  page: {
    operationId: 'docs_docs_get',
    method: 'get',
    path: '/docs',
    tag: 'service',
    scope: null,
    summary: 'Shows the API as an interactive page',
    isListed: false,
    isLimited: false,
    headers: ['If-None-Match'],
    answers: [
      { status: 200, description: 'The page.', types: ['text/html'], headers: PAGE_HEADERS },
      { status: 304, description: NOT_MODIFIED, headers: PAGE_HEADERS },
    ],
    problems: [],
  },
  pageFile: {
    operationId: 'docs_file_docs__file__get',
    method: 'get',
    path: '/docs/{file}',
    tag: 'service',
    scope: null,
    summary: 'Returns a file of that page',
    isListed: false,
    isLimited: false,
    parameters: { file: 'Name of the file.' },
    headers: ['If-None-Match'],
    answers: [
      { status: 200, description: 'The file.', types: ['text/css', 'text/javascript'], headers: PAGE_HEADERS },
      { status: 304, description: NOT_MODIFIED, headers: PAGE_HEADERS },
    ],
    problems: ['not_found'],
  },
};

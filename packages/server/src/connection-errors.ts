import { randomUUID } from 'node:crypto';
import { type Server, STATUS_CODES } from 'node:http';
import { type Problem, problemBody, PROBLEMS } from './problems.ts';

/** Answers, in the shape of all errors, what goes wrong before there is a request: no HTTP, too large, too slow. */
export function answerConnectionErrors(server: Server): void {
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const response = (socket as { readonly _httpMessage?: { readonly headersSent: boolean } | null })._httpMessage;
    if (error.code === 'ECONNRESET' || !socket.writable || response?.headersSent === true) {
      socket.destroy();
      return;
    }
    socket.end(rawAnswer(problemOf(error.code)), () => socket.destroy());
  });
}

function problemOf(code: string | undefined): Problem {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return { code: 'request_timeout', detail: 'The request did not arrive in time' };
  }
  return code === 'HPE_HEADER_OVERFLOW'
    ? { code: 'headers_too_large', detail: 'The headers are too large' }
    : { code: 'malformed_request', detail: 'The request is not valid HTTP' };
}

function rawAnswer(problem: Problem): string {
  const { status } = PROBLEMS[problem.code];
  const requestId = randomUUID();
  const body = JSON.stringify(problemBody(problem, { instance: '/', requestId }));
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

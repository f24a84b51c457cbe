// HEALTHCHECK of the image: exits with 0 when the server in this container answers on /health/live, else with 1.
// It reads the variables that the server reads. A server that is given its port as an argument, and a container that
// runs another command (sandbox), need a check of their own, or none.
import { request as requestPlain } from 'node:http';
import { request as requestEncrypted } from 'node:https';

/** Shorter than the time-out of the HEALTHCHECK, so that the reason is recorded. */
const TIMEOUT_MS = 4_000;

/** Where a server answers that listens on every interface. No name: not every container resolves localhost. */
const LOOPBACK = { '': '127.0.0.1', '0.0.0.0': '127.0.0.1', '::': '::1' };

const { PORT: port = '', RESERVATIONS_HOST: host = '', RESERVATIONS_TLS_CERT: certificate = '' } = process.env;

const isEncrypted = certificate !== '';
const options = {
  host: LOOPBACK[host] ?? host,
  port: port === '' ? 8000 : Number(port.slice(port.lastIndexOf(':') + 1)),
  path: '/health/live', // below no base path: probes need none
  timeout: TIMEOUT_MS,
  // The certificate is made for the name that clients use, not for this one; nothing secret is sent.
  ...(isEncrypted ? { rejectUnauthorized: false } : {}),
};

const request = (isEncrypted ? requestEncrypted : requestPlain)(options, (response) => {
  response.resume();
  end(response.statusCode === 200, `answered ${response.statusCode}`);
});
request.on('timeout', () => end(false, `no answer within ${TIMEOUT_MS} ms`));
request.on('error', (error) => end(false, error.message));
request.end();

function end(isAlive, reason) {
  if (!isAlive) console.error(`${options.host}:${options.port}${options.path}: ${reason}`);
  process.exit(isAlive ? 0 : 1);
}

import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { createAuthority, type TestCertificate } from '@reservations/test-certificates';
import { expect, onTestFinished, test } from 'vitest';
import { startService } from '../http/service-fixture.ts';
import { memoryLog } from '../observe/memory-log-fixture.ts';
import { openServerTls } from './server-tls.ts';

const authority = createAuthority('authority of the server');

function files(): {
  readonly config: { readonly tlsCert: string; readonly tlsKey: string };
  write(identity: TestCertificate): void;
} {
  const folder = mkdtempSync(join(tmpdir(), 'reservations-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const put = (path: string, text: string): void => {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  };
  const config = { tlsCert: join(folder, 'cert.pem'), tlsKey: join(folder, 'key.pem') };
  return {
    config,
    write({ cert, key }) {
      put(config.tlsCert, cert);
      put(config.tlsKey, key);
    },
  };
}

async function serve(identity: TestCertificate) {
  const { config, write } = files();
  write(identity);
  const log = memoryLog();
  const tls = openServerTls(config, log.logger, 20);
  if (tls === null) throw new Error('there are files');
  onTestFinished(() => tls.close());
  const { server } = await startService({ tls, requestTimeoutMs: 1_000 });
  return { server, log, write, config };
}

function handshake(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, ca: authority.cert, servername: '', ...options }, () => {
      resolve(socket);
    });
    socket.once('error', reject);
    onTestFinished(() => void socket.destroy());
  });
}

function post(port: number): Promise<{ readonly status: number; readonly location: string | undefined }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        ca: authority.cert,
        path: '/reservations',
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
      },
      (response) => {
        response.resume();
        response.once('end', () => resolve({ status: response.statusCode ?? 0, location: response.headers.location }));
      },
    );
    sent.once('error', reject);
    sent.end('{"user_id":"user_1","amount":10}');
  });
}

test('a reservation is made over HTTPS, with HTTP/1.1 and TLS 1.2 or 1.3', async () => {
  const { server } = await serve(authority.issue({ names: ['127.0.0.1'] }));
  expect(server.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  expect(await post(server.port)).toEqual({ status: 200, location: expect.stringMatching(/^\/reservations\/RES-/) });
  const newest = await handshake(server.port, { ALPNProtocols: ['h2', 'http/1.1'] });
  expect([newest.getProtocol(), newest.alpnProtocol]).toEqual(['TLSv1.3', 'http/1.1']);
  const older = await handshake(server.port, { maxVersion: 'TLSv1.2' });
  expect(older.getProtocol()).toBe('TLSv1.2');
  const oldest = handshake(server.port, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' });
  await expect(oldest).rejects.toThrow(/protocol version|unsupported protocol/);
});

test('a changed certificate is used for new connections, and those that are open go on', async () => {
  const { server, log, write } = await serve(authority.issue({ names: ['127.0.0.1', 'first.test'] }));
  const open = await handshake(server.port);
  write(authority.issue({ names: ['127.0.0.1', 'second.test'] }));
  await expect
    .poll(async () => (await handshake(server.port)).getPeerCertificate().subjectaltname)
    .toContain('second.test');
  open.write('GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  const answer = await open.map(String).toArray();
  expect(answer.join('')).toMatch(/^HTTP\/1\.1 200 /);
  expect(log.lines().filter(({ kind }) => kind === 'tls-certificate')).toMatchObject([{ level: 30 }]);
});

test('files that cannot be used leave the earlier certificate in use', async () => {
  const { server, log, write } = await serve(authority.issue({ names: ['127.0.0.1'] }));
  const { cert } = authority.issue({ names: ['127.0.0.1'] });
  const { key } = authority.issue({ names: ['127.0.0.1'] });
  write({ cert, key });
  const told = () => log.lines().filter(({ kind }) => kind === 'tls-certificate');
  await expect
    .poll(told)
    .toMatchObject([{ level: 50, detail: 'keyFile: the private key is not that of the certificate in certFile' }]);
  expect((await post(server.port)).status).toBe(200);
});

test('a client without TLS is disconnected, and the next one is served', async () => {
  const { server } = await serve(authority.issue({ names: ['127.0.0.1'] }));
  const plain = connectTcp(server.port, '127.0.0.1');
  plain.on('error', () => undefined);
  plain.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await new Promise((resolve) => plain.once('close', resolve).resume());
  const silent = connectTcp(server.port, '127.0.0.1');
  silent.on('error', () => undefined);
  await new Promise((resolve) => silent.once('close', resolve).resume());
  expect((await post(server.port)).status).toBe(200);
});

test('a stopping server ends its encrypted connections', async () => {
  const { server } = await serve(authority.issue({ names: ['127.0.0.1'] }));
  const idle = await handshake(server.port);
  const ended = new Promise((resolve) => idle.once('end', resolve));
  idle.resume();
  await server.stop();
  await ended;
});

test('no encryption is without both files', () => {
  expect(openServerTls({ tlsCert: null, tlsKey: null }, memoryLog().logger)).toBeNull();
});

import { systemRuntime } from '@reservations/core';
import type { Config } from '../../config/config.ts';
import { checkCertificate } from './check-certificate.ts';
import { checkNode, checkSqliteDriver } from './check-node.ts';
import { checkPaymentTls } from './check-payment-tls.ts';
import { checkPaymentsReach, isPaymentServiceReached } from './check-payments.ts';
import { API_PORT, checkPort, METRICS_PORT } from './check-port.ts';
import { checkPostgres } from './check-postgres.ts';
import { checkSqlite } from './check-sqlite.ts';
import { checkTokens } from './check-tokens.ts';
import type { Finding } from './finding.ts';

/**
 * Checks this machine and what it reaches, as a server with this configuration needs it, one after the other; `onFinding`
 * is called for each result. Nothing is made, changed or charged. Never rejects for a fault of what is checked.
 */
export async function examine(config: Config, onFinding: (finding: Finding) => void): Promise<void> {
  const { db, host, port, metricsPort, metricsHost } = config;
  onFinding(checkNode(process.versions.node, `${process.platform}-${process.arch}`));
  if (db.kind === 'sqlite') onFinding(await checkSqliteDriver());
  const database = db.kind === 'postgres' ? await checkPostgres(db, config) : await checkSqlite(db, config);
  for (const finding of database) onFinding(finding);
  const nowMs = systemRuntime().clock.now();
  const certificate = checkCertificate(config, nowMs);
  onFinding(await checkPort('port', { ...API_PORT, host, port, isTls: certificate !== null }));
  if (certificate !== null) onFinding(certificate);
  if (metricsPort !== null) {
    onFinding(
      await checkPort('metrics port', { ...METRICS_PORT, host: metricsHost ?? host, port: metricsPort, isTls: false }),
    );
  }
  const tokens = await checkTokens(config);
  if (tokens !== null) onFinding(tokens);
  const reach = await checkPaymentsReach(config);
  for (const finding of reach) onFinding(finding);
  if (!isPaymentServiceReached(reach)) return;
  for (const finding of await checkPaymentTls(config, nowMs)) onFinding(finding);
}

export { guardConnections, type GuardOptions } from './connection-errors.ts';
export type { CorsOrigins } from './cors-origins.ts';
export { createReservationsHandler, type ReservationsHandlerOptions } from './handler.ts';
export { type RunningServer, type ServerOptions, startServer } from './server.ts';
export { createLogger, LOG_LEVELS, type LogLevel, logObserver } from './log.ts';
export type { WireReservation } from './wire-reservation.ts';

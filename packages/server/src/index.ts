export { guardConnections, type GuardOptions } from './http/pipeline/connection-errors.ts';
export { apiKeyAuthenticator, type ApiKeyAuthenticatorOptions } from './auth/api-key-authenticator.ts';
export { jwtAuthenticator, type JwtAuthenticatorOptions } from './auth/jwt/jwt-authenticator.ts';
export type { JwtAlgorithm } from './config/jwt-options.ts';
export type {
  AuthenticatedPrincipal,
  Authentication,
  AuthenticationFailure,
  AuthenticationRequest,
  Authenticator,
} from './auth/authenticator.ts';
export type { ApiKeyPrincipal, JwtPrincipal } from './auth/principal.ts';
export type { Scope } from './auth/scopes.ts';
export type { AuthOption } from './http/auth-option.ts';
export type { CorsOrigins } from './config/cors-origins.ts';
export type { RateLimit } from './config/rate-limit.ts';
export { createFetchHandler, type FetchHandler } from './http/embed/fetch-handler.ts';
export {
  type ServiceParts,
  stopService,
  type StopServiceOptions,
  type StoppableServer,
} from './http/embed/stop-service.ts';
export { createHandler, type Drainable, type Handler, type HandlerOptions } from './http/handler.ts';
export { LOG_LEVELS, type LogLevel } from './config/log-level.ts';
export type { ServerCertificate, ServerTls } from './http/certificate.ts';
export { type RunningServer, type ServerOptions, startServer } from './http/server.ts';
export { createLogger, logObserver } from './observe/log.ts';
export type { WireReservation } from './http/reservations/wire.ts';

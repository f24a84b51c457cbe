import { EVENT, HISTORY, STREAMED_EVENT } from '../events/wire.ts';
import { LIVE, READY, ROOT, SERVER_STATUS, UNREADY } from '../health/wire.ts';
import {
  HTTP_VALIDATION_ERROR,
  PAYMENT_UNAVAILABLE,
  PROBLEM,
  PROBLEM_DOCUMENT,
  VALIDATION_ERROR,
} from '../problems/schemas.ts';
import { RESERVATION_REQUEST } from '../reservations/request.ts';
import { RESERVATION, RESERVATION_PAGE } from '../reservations/wire.ts';
import type { Schema } from './schema.ts';

/** The name of a schema of the document. Generated clients name their types after it. */
export type SchemaName =
  | 'ReservationRequest'
  | 'Reservation'
  | 'ReservationPage'
  | 'Event'
  | 'StreamedEvent'
  | 'History'
  | 'ValidationError'
  | 'HTTPValidationError'
  | 'Problem'
  | 'PaymentUnavailable'
  | 'ProblemDocument'
  | 'Root'
  | 'Live'
  | 'Ready'
  | 'NotReady'
  | 'ServerStatus';

/** The schemas of all bodies. Those of validation have the names that FastAPI gives them. */
export const SCHEMAS: { readonly [Name in SchemaName]: Schema } = {
  ReservationRequest: RESERVATION_REQUEST,
  Reservation: RESERVATION,
  ReservationPage: RESERVATION_PAGE,
  Event: EVENT,
  StreamedEvent: STREAMED_EVENT,
  History: HISTORY,
  ValidationError: VALIDATION_ERROR,
  HTTPValidationError: HTTP_VALIDATION_ERROR,
  Problem: PROBLEM,
  PaymentUnavailable: PAYMENT_UNAVAILABLE,
  ProblemDocument: PROBLEM_DOCUMENT,
  Root: ROOT,
  Live: LIVE,
  Ready: READY,
  NotReady: UNREADY,
  ServerStatus: SERVER_STATUS,
};

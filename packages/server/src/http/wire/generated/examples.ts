// Recorded by a test from a server: vitest run packages/server/src/http/wire/examples.test.ts -u
import type { Example } from '../example.ts';

/** Answers of a server, one for each kind. */
export const EXAMPLES: readonly Example[] = [
  {
    "operation": "root",
    "status": 200,
    "name": "root",
    "summary": "Where things are",
    "value": {
      "message": "Reservation Service API",
      "links": {
        "reservations": "/reservations",
        "health_live": "/health/live",
        "health_ready": "/health/ready",
        "openapi": "/openapi.json",
        "docs": "/docs"
      }
    }
  },
  {
    "operation": "live",
    "status": 200,
    "name": "alive",
    "summary": "The process answers",
    "value": {
      "status": "alive"
    }
  },
  {
    "operation": "ready",
    "status": 200,
    "name": "ready",
    "summary": "Work may be sent here",
    "value": {
      "status": "ready"
    }
  },
  {
    "operation": "createReservation",
    "status": 200,
    "name": "confirmed",
    "summary": "The payment was approved",
    "value": {
      "reservation_id": "RES-019b796d-d600-7000-8000-000000000002",
      "status": "RESERVATION_CONFIRMED",
      "transaction_id": "TXN-0123456789",
      "message": "Payment approved",
      "user_id": "user_123",
      "amount": 10.5,
      "currency": "EUR",
      "reference": null,
      "metadata": {},
      "created_at": "2026-01-01T12:00:00.000Z",
      "updated_at": "2026-01-01T12:00:00.000Z",
      "version": 2
    },
    "request": {
      "user_id": "user_123",
      "amount": 10.5,
      "currency": "EUR"
    }
  },
  {
    "operation": "createReservation",
    "status": 200,
    "name": "declined",
    "summary": "The payment was declined",
    "value": {
      "reservation_id": "RES-019b796d-d600-7000-8000-00000000000c",
      "status": "RESERVATION_FAILED",
      "transaction_id": null,
      "message": "Insufficient funds",
      "user_id": "user_123",
      "amount": 10.5,
      "currency": "EUR",
      "reference": null,
      "metadata": {},
      "created_at": "2026-01-01T12:00:00.000Z",
      "updated_at": "2026-01-01T12:00:00.000Z",
      "version": 2
    }
  },
  {
    "operation": "createReservation",
    "status": 202,
    "name": "unknown",
    "summary": "The outcome is unknown for now",
    "value": {
      "reservation_id": "RES-019b796d-d600-7000-8000-000000000012",
      "status": "RESERVATION_CREATED",
      "transaction_id": null,
      "message": "Payment outcome is not known yet; it is being settled",
      "user_id": "user_123",
      "amount": 10.5,
      "currency": "EUR",
      "reference": null,
      "metadata": {},
      "created_at": "2026-01-01T12:00:00.000Z",
      "updated_at": "2026-01-01T12:00:00.000Z",
      "version": 2
    }
  },
  {
    "operation": "createReservation",
    "status": 400,
    "name": "malformed_idempotency_key",
    "summary": "The key has a space",
    "value": {
      "detail": "Idempotency-Key should be 1 to 255 visible ASCII characters, bare or in double quotes",
      "type": "urn:reservations:problem:malformed_idempotency_key",
      "title": "Malformed Idempotency-Key",
      "status": 400,
      "instance": "/reservations",
      "code": "malformed_idempotency_key",
      "request_id": "request-9"
    }
  },
  {
    "operation": "createReservation",
    "status": 409,
    "name": "idempotency_key_in_progress",
    "summary": "The first request is under way",
    "value": {
      "detail": "The first request with this Idempotency-Key is still being processed",
      "type": "urn:reservations:problem:idempotency_key_in_progress",
      "title": "Request In Progress",
      "status": 409,
      "instance": "/reservations",
      "code": "idempotency_key_in_progress",
      "request_id": "request-16"
    }
  },
  {
    "operation": "createReservation",
    "status": 415,
    "name": "unsupported_content_encoding",
    "summary": "The body is compressed",
    "value": {
      "detail": "The body should not be compressed",
      "type": "urn:reservations:problem:unsupported_content_encoding",
      "title": "Unsupported Content-Encoding",
      "status": 415,
      "instance": "/reservations",
      "code": "unsupported_content_encoding",
      "request_id": "request-11"
    }
  },
  {
    "operation": "createReservation",
    "status": 422,
    "name": "validation_failed",
    "summary": "A field is missing, another is too small",
    "value": {
      "detail": [
        {
          "loc": [
            "body",
            "user_id"
          ],
          "msg": "Field required",
          "type": "missing"
        },
        {
          "loc": [
            "body",
            "amount"
          ],
          "msg": "Input should be greater than 0",
          "type": "greater_than"
        }
      ],
      "type": "urn:reservations:problem:validation_failed",
      "title": "Validation Failed",
      "status": 422,
      "instance": "/reservations",
      "code": "validation_failed",
      "request_id": "request-10"
    }
  },
  {
    "operation": "createReservation",
    "status": 422,
    "name": "idempotency_key_reused",
    "summary": "The key came with another body before",
    "value": {
      "detail": "This Idempotency-Key belongs to a request with another body",
      "type": "urn:reservations:problem:idempotency_key_reused",
      "title": "Idempotency-Key Reused",
      "status": 422,
      "instance": "/reservations",
      "code": "idempotency_key_reused",
      "request_id": "request-8"
    }
  },
  {
    "operation": "createReservation",
    "status": 503,
    "name": "payment_unavailable",
    "summary": "The payment service was not reached",
    "value": {
      "detail": {
        "reservation_id": "RES-019b796d-d600-7000-8000-000000000018",
        "status": "RESERVATION_FAILED",
        "message": "Payment service temporarily unavailable. Nothing was charged; please try again later."
      },
      "type": "urn:reservations:problem:payment_unavailable",
      "title": "Payment Service Unavailable",
      "status": 503,
      "instance": "/reservations",
      "code": "payment_unavailable",
      "request_id": "request-14"
    }
  },
  {
    "operation": "getReservation",
    "status": 200,
    "name": "confirmed",
    "summary": "A confirmed reservation",
    "value": {
      "reservation_id": "RES-019b796d-d600-7000-8000-000000000002",
      "status": "RESERVATION_CONFIRMED",
      "transaction_id": "TXN-0123456789",
      "message": "Payment approved",
      "user_id": "user_123",
      "amount": 10.5,
      "currency": "EUR",
      "reference": null,
      "metadata": {},
      "created_at": "2026-01-01T12:00:00.000Z",
      "updated_at": "2026-01-01T12:00:00.000Z",
      "version": 2
    }
  },
  {
    "operation": "getHistory",
    "status": 200,
    "name": "confirmed",
    "summary": "What happened to it",
    "value": {
      "reservation_id": "RES-019b796d-d600-7000-8000-000000000002",
      "events": [
        {
          "position": 1,
          "version": 1,
          "type": "RESERVATION_CREATED",
          "at": "2026-01-01T12:00:00.000Z",
          "data": {
            "user_id": "user_123",
            "amount": 10.5,
            "currency": "EUR",
            "reference": null,
            "metadata": {}
          }
        },
        {
          "position": 2,
          "version": 2,
          "type": "RESERVATION_CONFIRMED",
          "at": "2026-01-01T12:00:00.000Z",
          "data": {
            "transaction_id": "TXN-0123456789",
            "message": "Payment approved",
            "decided_by": "payment-service"
          }
        }
      ]
    }
  },
  {
    "operation": "getReservation",
    "status": 404,
    "name": "reservation_not_found",
    "summary": "No reservation has this id",
    "value": {
      "detail": "Reservation not found",
      "type": "urn:reservations:problem:reservation_not_found",
      "title": "Reservation Not Found",
      "status": 404,
      "instance": "/reservations/RES-01997e0c-8a3f-7cc0-8000-5be2a1f0c6d4",
      "code": "reservation_not_found",
      "request_id": "request-7"
    }
  }
];

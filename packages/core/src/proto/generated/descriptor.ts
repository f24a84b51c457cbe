// Generated from proto/payment.proto by "pnpm generate". Not to be edited by hand.

/** proto/payment.proto as a JSON descriptor of protobufjs. */
export const descriptor: Readonly<Record<string, unknown>> = {
  "nested": {
    "payment": {
      "nested": {
        "PaymentService": {
          "methods": {
            "ProcessPayment": {
              "requestType": "PaymentRequest",
              "responseType": "PaymentResponse"
            },
            "GetPaymentStatus": {
              "requestType": "PaymentStatusRequest",
              "responseType": "PaymentStatusResponse"
            }
          }
        },
        "PaymentRequest": {
          "fields": {
            "reservation_id": {
              "type": "string",
              "id": 1
            },
            "user_id": {
              "type": "string",
              "id": 2
            },
            "amount": {
              "type": "double",
              "id": 3
            },
            "currency": {
              "type": "string",
              "id": 4
            }
          }
        },
        "PaymentResponse": {
          "fields": {
            "success": {
              "type": "bool",
              "id": 1
            },
            "transaction_id": {
              "type": "string",
              "id": 2
            },
            "message": {
              "type": "string",
              "id": 3
            }
          }
        },
        "PaymentStatusRequest": {
          "fields": {
            "transaction_id": {
              "type": "string",
              "id": 1
            }
          }
        },
        "PaymentStatusResponse": {
          "fields": {
            "status": {
              "type": "string",
              "id": 1
            },
            "transaction_id": {
              "type": "string",
              "id": 2
            }
          }
        }
      }
    }
  }
};

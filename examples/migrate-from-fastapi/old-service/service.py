"""A FastAPI service of the kind that @reservations/server replaces: what the sample was recorded from.

pip install fastapi uvicorn grpcio grpcio-tools
python service.py PORT PAYMENT_PORT PATH_OF_payment.proto
"""

import sys
import uuid
from pathlib import Path

import grpc
import uvicorn
from fastapi import FastAPI, HTTPException
from fastapi.middleware.cors import CORSMiddleware
from pydantic import BaseModel

port, payment_port, proto = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]).resolve()
sys.path.append(str(proto.parent))
payment_pb2, payment_pb2_grpc = grpc.protos_and_services(proto.name)

app = FastAPI(title="Reservation Service")
app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])
channel = grpc.insecure_channel(f"127.0.0.1:{payment_port}")
payments = payment_pb2_grpc.PaymentServiceStub(channel)
reservations = {}


class ReservationRequest(BaseModel):
    user_id: str
    amount: float
    currency: str = "EUR"


class ReservationResponse(BaseModel):
    reservation_id: str
    status: str
    transaction_id: str | None = None
    message: str


@app.get("/")
def root():
    return {"message": "Reservation Service API"}


@app.get("/health/live")
def live():
    return {"status": "alive"}


@app.get("/health/ready")
def ready():
    return {"status": "ready"}


@app.post("/reservations", response_model=ReservationResponse)
def create_reservation(request: ReservationRequest):
    reservation_id = f"RES-{uuid.uuid4()}"
    try:
        reply = payments.ProcessPayment(
            payment_pb2.PaymentRequest(reservation_id=reservation_id, **request.model_dump()), timeout=5
        )
        answer = ReservationResponse(
            reservation_id=reservation_id,
            status="RESERVATION_CONFIRMED" if reply.success else "RESERVATION_FAILED",
            transaction_id=reply.transaction_id or None,
            message=reply.message,
        )
    except grpc.RpcError as error:
        if error.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED):
            message = "Payment service temporarily unavailable. Please try again later."
            detail = {"reservation_id": reservation_id, "status": "RESERVATION_FAILED", "message": message}
            reservations[reservation_id] = ReservationResponse(**detail)
            raise HTTPException(status_code=503, detail=detail)
        answer = ReservationResponse(reservation_id=reservation_id, status="RESERVATION_FAILED", message=error.details())
    reservations[reservation_id] = answer
    return answer


@app.get("/reservations/{reservation_id}", response_model=ReservationResponse)
def get_reservation(reservation_id: str):
    if reservation_id not in reservations:
        raise HTTPException(status_code=404, detail="Reservation not found")
    return reservations[reservation_id]


uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")

"""POST /reservations as the service before this one made it ("old"), or as FastAPI's documentation would ("well")."""

import socket
import sys
import uuid

import grpc
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

from payments import DEADLINE_SECONDS, PaymentRequest, answer, payment_call

way, payment_port = sys.argv[1], sys.argv[2]
address = f"127.0.0.1:{payment_port}"
app = FastAPI()


class ReservationRequest(BaseModel):
    user_id: str
    amount: float
    currency: str = "EUR"


def payment_request(reservation_id, body):
    return PaymentRequest(
        reservation_id=reservation_id, user_id=body.user_id, amount=body.amount, currency=body.currency
    )


if way == "old":
    # A coroutine that makes a channel for each call and blocks the event loop until it is answered.
    @app.post("/reservations")
    async def create(body: ReservationRequest):
        reservation_id = f"RES-{uuid.uuid4()}"
        with grpc.insecure_channel(address) as channel:
            reply = payment_call(channel)(payment_request(reservation_id, body), timeout=DEADLINE_SECONDS)
        return answer(reservation_id, reply)

else:
    # One channel for the process, asynchronous.
    @app.on_event("startup")
    async def connect():
        app.state.pay = payment_call(grpc.aio.insecure_channel(address))

    @app.post("/reservations")
    async def create(body: ReservationRequest):
        reservation_id = f"RES-{uuid.uuid4()}"
        reply = await app.state.pay(payment_request(reservation_id, body), timeout=DEADLINE_SECONDS)
        return answer(reservation_id, reply)


@app.get("/health/ready")
async def ready():
    return {"status": "ready"}


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", 0))
listener.listen(2048)
print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
config = uvicorn.Config(app, log_level="error", access_log=False)
uvicorn.Server(config).run(sockets=[listener])

"""The messages and the call of proto/payment.proto, without generated code."""

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

METHOD = "/payment.PaymentService/ProcessPayment"
DEADLINE_SECONDS = 5


def _messages():
    file = descriptor_pb2.FileDescriptorProto(name="payment.proto", package="payment", syntax="proto3")
    field = descriptor_pb2.FieldDescriptorProto
    fields = {
        "PaymentRequest": [
            ("reservation_id", field.TYPE_STRING),
            ("user_id", field.TYPE_STRING),
            ("amount", field.TYPE_DOUBLE),
            ("currency", field.TYPE_STRING),
        ],
        "PaymentResponse": [
            ("success", field.TYPE_BOOL),
            ("transaction_id", field.TYPE_STRING),
            ("message", field.TYPE_STRING),
        ],
    }
    for name, members in fields.items():
        message = file.message_type.add(name=name)
        for number, (member, kind) in enumerate(members, start=1):
            message.field.add(name=member, number=number, type=kind, label=field.LABEL_OPTIONAL)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    return [factory.GetPrototype(pool.FindMessageTypeByName(f"payment.{name}")) for name in fields]


PaymentRequest, PaymentResponse = _messages()


def payment_call(channel):
    """Returns the unary call on a channel, synchronous or asynchronous as the channel is."""
    return channel.unary_unary(
        METHOD,
        request_serializer=PaymentRequest.SerializeToString,
        response_deserializer=PaymentResponse.FromString,
    )


def answer(reservation_id, reply):
    """Returns the body of the HTTP answer."""
    return {
        "reservation_id": reservation_id,
        "status": "RESERVATION_CONFIRMED" if reply.success else "RESERVATION_FAILED",
        "transaction_id": reply.transaction_id or None,
        "message": reply.message,
    }

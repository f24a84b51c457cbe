"""Hooks of schemathesis: what the OpenAPI document cannot say of a request that is valid.

With a server that charges the sandbox (reservations-server --sandbox --db :memory: --health-status on):

    pip install schemathesis==4.32.5
    cd scripts && SCHEMATHESIS_HOOKS=schemathesis_hooks st run http://127.0.0.1:8000/openapi.json --checks all
"""
import uuid
import schemathesis

# Some currencies, with their decimals in ISO 4217.
DECIMALS = {"EUR": 2, "USD": 2, "JPY": 0, "KWD": 3, "HUF": 2, "CLF": 4}


def amount_of(value, decimals):
    """The amount with no more decimals and digits than the currency has; what is no number stays as it is."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return value
    try:
        number = float(value)
    except ValueError:
        return value
    if number == 0:
        number = 1
    number = round(min(number, 10.0 ** (15 - decimals) - 1), decimals)
    if number == 0:
        number = 1
    text = f"{number:.{decimals}f}"
    if isinstance(value, str):
        return text
    return float(text) if decimals else int(text)


def without_proto(value):
    """The value without members __proto__, at any depth."""
    if isinstance(value, dict):
        return {name: without_proto(member) for name, member in value.items() if name != "__proto__"}
    if isinstance(value, list):
        return [without_proto(item) for item in value]
    return value


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None or case.operation.method.lower() != "post":
        return
    mode = case.meta.generation.mode
    if not mode.is_positive:
        return
    if isinstance(case.body, dict):
        # The schema refuses it among the members of the body; the service refuses it everywhere.
        case.body = without_proto(case.body)
        codes = list(DECIMALS)
        currency = case.body.get("currency")
        if "currency" in case.body:
            currency = codes[sum(map(ord, str(currency))) % len(codes)]
            case.body["currency"] = currency
        decimals = DECIMALS[currency or "EUR"]
        case.body["amount"] = amount_of(case.body.get("amount"), decimals)
    if case.headers and "Idempotency-Key" in case.headers:
        # A key belongs to one body.
        case.headers["Idempotency-Key"] = str(uuid.uuid4())

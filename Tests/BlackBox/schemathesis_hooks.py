"""How schemathesis makes and sends what the description cannot tell it."""

import array
import json

import schemathesis
from hypothesis import strategies

# Of the model that scripts/setup puts in place.
DIMENSIONS = 384


@schemathesis.serializer("application/x-ndjson")
def ndjson(context, value):
    """Lines may be anything: those that are no items are told of."""
    if isinstance(value, bytes):
        return value
    lines = value if isinstance(value, list) else [value]
    return "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines).encode("utf-8", "replace")


schemathesis.openapi.media_type(
    "application/octet-stream",
    strategies.lists(strategies.floats(0.5, 2, width=16), min_size=8, max_size=8).map(
        lambda numbers: array.array("f", numbers * (DIMENSIONS // len(numbers))).tobytes()))

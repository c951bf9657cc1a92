"""How schemathesis makes and sends what the description cannot tell it."""

import array

import schemathesis
from hypothesis import strategies

# Of the model that scripts/setup puts in place.
DIMENSIONS = 384


@schemathesis.serializer("application/x-ndjson")
def ndjson(context, value):
    """The description has a stream as one text."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape")


schemathesis.openapi.media_type(
    "application/octet-stream",
    strategies.lists(strategies.floats(0.5, 2, width=16), min_size=8, max_size=8).map(
        lambda numbers: array.array("f", numbers * (DIMENSIONS // len(numbers))).tobytes()))

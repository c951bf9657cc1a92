"""How schemathesis sends what it cannot send by itself."""

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def ndjson(context, value):
    """The description has a stream as one text."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape")

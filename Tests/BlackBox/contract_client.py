"""A client that speaks HTTP and no more, so that nothing is corrected on the way."""

import http.client
import json
from dataclasses import dataclass
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 30


@dataclass
class Reply:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def lines(self) -> list:
        return [json.loads(line) for line in self.body.splitlines()]


class Client:
    def __init__(self, url, interface=None, secrets=(), headers=None):
        """`headers` are sent with every request."""
        self.place = urlsplit(url)
        self.interface = interface
        self.secrets = secrets
        self.headers = headers or {}

    def send(self, method: str, path: str, body=None, headers=None, content_type="application/json") -> Reply:
        """A body that is no bytes or text is sent as JSON. `content_type` None sends none."""
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        if isinstance(body, str):
            body = body.encode("utf-8")
        headers = {**self.headers, **(headers or {})}
        if body is not None and content_type:
            headers.setdefault("Content-Type", content_type)
        connection = http.client.HTTPConnection(self.place.hostname, self.place.port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            reply = Reply(response.status, response.headers, response.read())
        finally:
            connection.close()
        self.check(method, path, reply)
        return reply

    def check(self, method: str, path: str, reply: Reply) -> None:
        for secret in self.secrets:
            assert secret.encode() not in reply.body, f"{method} {path} tells {secret}: {reply.body[:500]}"
        if self.interface:
            self.interface.check(method, path, reply)

    def get(self, path, **options):
        return self.send("GET", path, **options)

    def post(self, path, body=None, **options):
        return self.send("POST", path, body, **options)

    def ask(self, text, **fields):
        return self.post("/api/v1/troubleshoot", {"text": text, **fields})

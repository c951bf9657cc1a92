"""What browsers and broken clients get: origins, preflights, security fields, requests that are no HTTP."""

import gzip
import json
import socket

import pytest

from conftest import ServerProcess
from contract_client import Client

OURS, OTHER = "https://tools.example", "https://evil.example"


@pytest.fixture(scope="module")
def shared(folder):
    """A server that lets pages of one origin read."""
    home = folder / "shared"
    home.mkdir()
    server = ServerProcess(home, None, CORS_ORIGINS=json.dumps([OURS]))
    try:
        yield server.start()
    finally:
        server.stop()


def preflight(client, origin, path="/api/v1/knowledge/1", method="PUT"):
    headers = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": "x-api-key"}
    return client.send("OPTIONS", path, headers=headers)


def test_pages_of_a_listed_origin_may_read(shared):
    client = Client(shared.url)
    reply = client.get("/api/v1/health", headers={"Origin": OURS})
    assert reply.headers["Access-Control-Allow-Origin"] == OURS and "Origin" in reply.headers["Vary"]
    assert "X-Request-ID" in reply.headers["Access-Control-Expose-Headers"]
    allowed = preflight(client, OURS)
    assert allowed.status == 204 and allowed.headers["Access-Control-Allow-Origin"] == OURS
    assert "PUT" in allowed.headers["Access-Control-Allow-Methods"]
    assert "x-api-key" in allowed.headers["Access-Control-Allow-Headers"].lower()
    # An error has to be readable too.
    missing = client.get("/api/v1/knowledge/999", headers={"Origin": OURS})
    assert missing.status == 404 and missing.headers["Access-Control-Allow-Origin"] == OURS


def test_pages_of_other_origins_may_not(shared, client):
    for asked in (Client(shared.url), Client(client.place.geturl())):
        reply = asked.get("/api/v1/health", headers={"Origin": OTHER})
        assert reply.status == 200 and "Access-Control-Allow-Origin" not in reply.headers
        assert "Access-Control-Allow-Origin" not in preflight(asked, OTHER).headers
    # What changes something needs no reply to do harm.
    body = {"issue": "from a page", "resolution": "r"}
    assert Client(shared.url).post("/api/v1/knowledge", body, headers={"Origin": OTHER}).status == 403
    assert Client(shared.url).get("/api/v1/knowledge?q=page").json["items"] == []
    assert Client(shared.url).post("/api/v1/knowledge", body, headers={"Origin": OURS}).status == 201


def test_any_origin_never_comes_with_credentials(folder):
    home = folder / "any"
    home.mkdir()
    server = ServerProcess(home, None, CORS_ORIGINS="*")
    try:
        reply = Client(server.start().url).get("/api/v1/health", headers={"Origin": OTHER})
        assert reply.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in reply.headers
    finally:
        server.stop()


def test_every_reply_tells_browsers_to_do_no_more_with_it(client):
    for path in ("/api/v1", "/docs", "/nothing", "/metrics", "/api/v1/knowledge/export"):
        reply = client.get(path)
        assert reply.headers["X-Content-Type-Options"] == "nosniff", path
        assert "unsafe" not in reply.headers["Content-Security-Policy"], path


def test_large_replies_are_compressed_for_those_who_say_so(client):
    plain = client.get("/api/v1/tiers/cold/items?limit=20")
    packed = Client(client.place.geturl()).get("/api/v1/tiers/cold/items?limit=20", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain.headers
    assert len(packed.body) < len(plain.body) and json.loads(gzip.decompress(packed.body)) == plain.json


def raw(client, request):
    with socket.create_connection((client.place.hostname, client.place.port), 10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while piece := connection.recv(65_536):
            received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    return int(head.split()[1]), head, body


@pytest.mark.parametrize(
    "request_,status",
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nbad header: x\r\n\r\n", 400),
        (b"POST /troubleshoot HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n", 400),
        (b"POST /troubleshoot HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
         b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"a" * 100_000 + b"\r\n\r\n", 431),
        (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", (414, 431)),
    ],
    ids=["no HTTP", "version", "field", "length", "chunk", "long field", "long path"])
def test_what_is_no_request_gets_an_error_of_the_contract(client, interface, secrets, request_, status):
    got, head, body = raw(client, request_)
    assert got in (status if isinstance(status, tuple) else (status,)), head
    interface.validate({"$ref": "#/components/schemas/Error"}, json.loads(body))
    assert b"x-request-id" in head.lower() and not any(secret.encode() in body for secret in secrets)

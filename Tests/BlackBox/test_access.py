"""A server that requires keys: who is let in, and to what."""

import pytest

from conftest import ServerProcess
from contract_client import Client
from described_interface import DescribedInterface


@pytest.fixture(scope="module")
def keyed(folder, redis_socket):
    home = folder / "keyed"
    home.mkdir()
    server = ServerProcess(home, redis_socket, API_KEY_REQUIRED="true", RATE_LIMIT_PER_MINUTE="0", AUTH_FAILURES_PER_MINUTE="1000000")
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture(scope="module")
def described(keyed):
    return DescribedInterface(Client(keyed.url, headers={"X-API-Key": keyed.key}).get("/openapi.json").json)


def concrete(path):
    for name, value in (("{id}", "1"), ("{tier}", "hot"), ("{fingerprint}", "0" * 32)):
        path = path.replace(name, value)
    return path


def test_without_a_key_only_what_is_open_answers(keyed, described, secrets):
    client = Client(keyed.url, described, secrets)
    bodies = set()
    for path, method, operation in described.operations():
        for headers in ({}, {"X-API-Key": "nonsense"}, {"Authorization": "Bearer tc_x_y"}, {"Authorization": "Basic eA=="}):
            reply = client.send(method.upper(), concrete(path), headers={"X-Request-ID": "same", **headers})
            if "x-role" not in operation:
                assert reply.status == 200, path
                continue
            assert reply.status == 401 and reply.headers["WWW-Authenticate"], (method, path)
            bodies.add(reply.body)
        assert ("x-role" in operation) == (operation["security"] != []), path
    assert len(bodies) == 1
    assert client.get("/nothing").status == 401


def test_an_operator_s_key_opens_everything(keyed, described, secrets):
    for headers in ({"X-API-Key": keyed.key}, {"Authorization": f"Bearer {keyed.key}"}):
        client = Client(keyed.url, described, secrets, headers)
        for path, method, _ in described.operations():
            assert client.send(method.upper(), concrete(path)).status not in (401, 403), (method, path)


def test_no_reply_tells_a_key(keyed, described, secrets):
    client = Client(keyed.url, described, [*secrets, keyed.key], {"X-API-Key": keyed.key})
    for path, method, _ in described.operations():
        if method == "get":
            client.get(concrete(path))
    assert keyed.key not in (keyed.folder / "server.log").read_text()

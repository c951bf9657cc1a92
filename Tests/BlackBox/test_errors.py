"""Errors, all of one shape (which the client checks), with the right status."""

import json

import pytest

LIMIT = 1 << 20


def bodied(interface):
    """Path and method of every operation that takes a JSON body; those of streams have limits of their own."""
    for path, method, operation in interface.operations():
        if "application/json" in operation.get("requestBody", {}).get("content", {}):
            yield path.replace("{id}", "1"), method.upper()


def types(reply):
    return [violation["type"] for violation in reply.json["detail"]]


def test_unknown_paths(client):
    for path in ("/api/v1/nothing", "/nothing", "/api/v2/health", "/api/v1/knowledge/1/2", "/api/v1/tiers/lukewarm/items"):
        reply = client.get(path)
        assert reply.status == 404 and reply.json["error"]["code"] == "NOT_FOUND"
        assert reply.json["detail"] == reply.json["error"]["message"]


def test_unknown_ids(client):
    for path in (
        "/api/v1/knowledge/999999", "/api/v1/knowledge/x", "/api/v1/knowledge/0", "/api/v1/knowledge/99999999999999999999",
        "/api/v1/tiers/cold/items/999999", "/api/v1/tiers/hot/items/" + "0" * 32, "/api/v1/tiers/warm/items/nothing",
    ):
        assert client.get(path).status == 404, path


def test_wrong_methods(client):
    reply = client.get("/api/v1/troubleshoot")
    assert reply.status == 405 and reply.headers["Allow"] == "POST"
    assert reply.json["error"]["code"] == "METHOD_NOT_ALLOWED"
    assert client.post("/api/v1/health").headers["Allow"] == "GET, HEAD"


def test_a_slash_at_the_end_changes_nothing(client):
    assert client.get("/api/v1/health/live/").json == client.get("/api/v1/health/live").json
    assert client.get("/api/v1/").status == 200
    assert client.get("/api/v1/nothing/").status == 404


def test_request_ids(client):
    def named(name):
        return client.get("/health/live", headers={"X-Request-ID": name}).headers["X-Request-ID"]

    assert named("my-id.1_a") == "my-id.1_a"
    assert named("a" * 128) == "a" * 128
    for name in ("no spaces", "a" * 129, "é", "<b>", "a/b"):
        assert named(name.encode().decode("latin-1")) != name
    reply = client.get("/nothing", headers={"X-Request-ID": "mine"})
    assert reply.json["error"]["request_id"] == reply.headers["X-Request-ID"] == "mine"


def test_bodies_of_other_types_are_refused(client, interface):
    for path, method in [*bodied(interface), ("/api/v1/knowledge/bulk", "POST")]:
        for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "nonsense", None):
            reply = client.send(method, path, "{}", content_type=content_type)
            assert reply.status == 415, (method, path, content_type)
    for content_type in ("application/json; charset=utf-8", "APPLICATION/JSON", "application/problem+json"):
        assert client.post("/troubleshoot", {"text": "x"}, content_type=content_type).status == 200


def test_bodies_that_are_too_large_are_refused(client, interface):
    for path, method in bodied(interface):
        reply = client.send(method, path, json.dumps({"text": "a" * LIMIT}))
        assert reply.status == 413 and reply.json["error"]["code"] == "BODY_TOO_LARGE", (method, path)


def test_bodies_that_are_no_json_objects_are_refused(client, interface):
    for path, method in bodied(interface):
        for body in ("", "{", "nonsense", "{}{}", '{"a":1,}', "'a'"):
            reply = client.send(method, path, body)
            assert reply.status == 422 and types(reply) == ["json_invalid"], (method, path, body)
        for body in ("[]", '"text"', "7", "null", "true"):
            reply = client.send(method, path, body)
            assert reply.status == 422 and types(reply) == ["model_attributes_type"], (method, path, body)


@pytest.mark.parametrize(
    "body,kind,field",
    [
        ({}, "missing", "text"),
        ({"text": ""}, "string_too_short", "text"),
        ({"text": " \n\t\u2003"}, "string_too_short", "text"),
        ({"text": "x" * 1001}, "string_too_long", "text"),
        ({"text": 5}, "string_type", "text"),
        ({"text": None}, "string_type", "text"),
        ({"text": "x", "tags": "a"}, "list_type", "tags"),
        ({"text": "x", "top_k": 0}, "greater_than_equal", "top_k"),
        ({"text": "x", "top_k": 21}, "less_than_equal", "top_k"),
        ({"text": "x", "min_score": 1.01}, "less_than_equal", "min_score"),
        ({"text": "x", "strategy": "fast"}, "literal_error", "strategy"),
    ])
def test_invalid_fields(client, body, kind, field):
    reply = client.post("/api/v1/troubleshoot", body)
    assert reply.status == 422 and reply.json["error"]["code"] == "VALIDATION"
    assert types(reply) == [kind] and reply.json["detail"][0]["loc"] == ["body", field]


def test_long_inputs_are_not_sent_back(client):
    for body in ({"text": "y" * 1001}, {"text": "x", "strategy": "y" * 201}, {"text": "x", "top_k": "y" * 201}):
        reply = client.post("/api/v1/troubleshoot", body)
        assert reply.status == 422 and "y" * 20 not in reply.text and "input" not in reply.json["detail"][0]
    short = client.post("/api/v1/troubleshoot", {"text": "x", "strategy": "y" * 200})
    assert short.json["detail"][0]["input"] == "y" * 200
    assert "y" * 20 not in client.get("/api/v1/knowledge?limit=" + "y" * 201).text
    assert "y" * 20 not in client.get("/api/v1/" + "y" * 201).text


def test_training_is_not_there(client):
    for body, content_type in (("{}", "application/json"), ("nonsense", "text/csv"), (None, None)):
        reply = client.send("POST", "/api/v1/train", body, content_type=content_type)
        assert reply.status == 501 and reply.json["error"]["code"] == "NOT_IMPLEMENTED"
    for name in ("1", "x", "%20", "a.b"):
        assert client.get(f"/api/v1/train/{name}").status == 501


def test_callers_from_elsewhere_are_refused(client):
    for name, value in (("X-Forwarded-For", "1.2.3.4"), ("Forwarded", "for=1.2.3.4"), ("Host", "evil.example")):
        reply = client.get("/api/v1/health", headers={name: value})
        assert reply.status == 403 and reply.json["error"]["code"] == "FORBIDDEN"


def test_head_is_get_without_a_body(client, interface):
    for path, method, _ in interface.operations():
        if method != "get" or "export" in path:
            continue
        path = path.replace("{id}", "1").replace("{tier}", "cold").replace("{fingerprint}", "1")
        got, head = client.get(path), client.send("HEAD", path)
        assert head.status == got.status, path
        assert head.headers["Content-Type"] == got.headers["Content-Type"], path

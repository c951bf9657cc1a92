"""The description itself: a valid document, whole, with examples that are what it says."""

import http.client
import json

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator


def test_it_is_valid(interface):
    OpenAPIV31SpecValidator(interface.document).validate()


def test_every_route_is_described_and_every_description_has_a_route(interface):
    assert interface.document.get("x-undescribed", []) == []
    assert interface.document.get("x-unrouted", []) == []


def test_a_path_takes_the_methods_that_are_described(client, interface):
    for path, methods in interface.document["paths"].items():
        reply = client.send("PROPFIND", path.replace("{", "").replace("}", ""))
        assert reply.status == 405, path
        allowed = set(reply.headers["Allow"].split(", "))
        described = {method.upper() for method in methods}
        assert allowed - {"HEAD"} == described | ({"OPTIONS"} & allowed), path
        assert ("HEAD" in allowed) == ("GET" in described), path


def test_every_operation_says_what_a_reader_needs(interface):
    ids = set()
    for path, method, operation in interface.operations():
        name = f"{method} {path}"
        assert operation["summary"] and operation["description"] and operation["tags"], name
        assert operation["operationId"] not in ids, name
        ids.add(operation["operationId"])
        assert "x-role" not in operation or operation["x-role"] in ("reader", "writer", "admin", "operator"), name
        assert any(int(status) < 400 or int(status) == 501 for status in operation["responses"]), name
        for parameter in operation.get("parameters", []):
            assert parameter["description"], name


def media(interface):
    for path, method, operation in interface.operations():
        bodies = [("request", operation.get("requestBody", {}))]
        bodies += [(status, interface.resolved(reply)) for status, reply in operation["responses"].items()]
        for place, body in bodies:
            for media_type, content in body.get("content", {}).items():
                yield f"{method} {path} {place} {media_type}", content


def test_examples_are_what_the_schemas_say(interface):
    count = 0
    for name, content in media(interface):
        for example in content.get("examples", {}).values():
            try:
                interface.validate(content["schema"], example["value"])
            except AssertionError as error:
                raise AssertionError(f"{name}: {error}") from error
            count += 1
    assert count > 50


def test_what_is_sent_in_examples_is_taken(client, interface):
    for path, method, operation in interface.operations():
        for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
            for example in content.get("examples", {}).values():
                body = example["value"] if isinstance(example["value"], str) else json.dumps(example["value"])
                reply = client.send(method.upper(), path.replace("{id}", "235"), body, content_type=media_type)
                assert reply.status < 300, (method, path, reply.text)


@pytest.mark.parametrize("path", ["/docs", "/api/v1/docs"])
def test_the_page_needs_nothing_from_elsewhere(client, path):
    page = client.get(path)
    assert page.status == 200 and page.headers["Content-Type"] == "text/html; charset=utf-8"
    # Under `script-src 'self'; style-src 'self'` nothing may stand in the page itself.
    for word in ("http://", "https://", "onclick", "style=", "<style", "javascript:"):
        assert word not in page.text
    assert page.text.count("<script") == 1 and 'src="/assets/docs.js"' in page.text
    script = client.get("/assets/docs.js")
    assert script.headers["Content-Type"].startswith("text/javascript") and "innerHTML" not in script.text
    assert client.get("/assets/docs.css").headers["Content-Type"].startswith("text/css")
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "unsafe" not in policy


def test_both_places_have_the_same(client):
    assert client.get("/openapi.json").body == client.get("/api/v1/openapi.json").body
    assert client.get("/api/v1").json["endpoints"]["openapi"] == "/api/v1/openapi.json"
    assert http.client.responses[client.send("HEAD", "/openapi.json").status] == "OK"

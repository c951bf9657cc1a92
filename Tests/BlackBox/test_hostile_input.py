"""What a client may send by mistake or with intent: each gets an answer of the contract, and the server goes on."""

import json
import socket

import pytest

ASK = "/api/v1/troubleshoot"


def kind(reply):
    return reply.json["detail"][0]["type"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"text":"x","min_score":NaN}',
        b'{"text":"x","min_score":Infinity}',
        b'{"text":"\\ud800"}',
        b'{"text":"\\udc00\\ud800"}',
        b'{"text":"\xff\xfe"}',
        b'{"text":"\xc0\xaf"}',
        b'{"text":"\xed\xa0\x80"}',
        b'{"text":"a\nb"}',
        b'{"text":"a\x00b"}',
        '{"text":"x"}'.encode("utf-16"),
        '{"text":"x"}'.encode("utf-16-le"),
        '{"text":"x"}'.encode("utf-32"),
        b'{"text":"x"}garbage',
        b'{"text":"x",}',
        b"{'text':'x'}",
        b'{"text":"x"',
        b'{"text":"\\x41"}',
        b'{"text":01}',
        b"\x00",
        b" ",
    ])
def test_what_is_no_json(client, body):
    reply = client.post(ASK, body)
    assert reply.status == 422 and kind(reply) == "json_invalid", reply.text


def test_nesting_is_bounded(client):
    for depth in (33, 1_000, 100_000):
        for opening, closing in (("[", "]"), ('{"a":', "}")):
            inner = opening * depth + ("1" if opening != "[" else "") + closing * depth
            reply = client.post(ASK, '{"text":"x","more":%s}' % inner)
            assert reply.status == 422 and kind(reply) == "json_invalid", depth
    assert client.post(ASK, '{"text":"x","more":%s}' % ("[" * 30 + "]" * 30)).status == 200
    # Brackets within a text are text.
    assert client.ask("[" * 500).status == 200


def test_huge_numbers(client):
    for number in ("1e400", "-1e400", "9" * 400, "1e-400", "2.5e0"):
        reply = client.post(ASK, '{"text":"x","top_k":%s}' % number)
        assert reply.status == 422, number
    assert client.post(ASK, '{"text":"x","top_k":5.0}').status == 200
    assert client.post(ASK, '{"text":"x","unknown":%s}' % ("9" * 400)).status in (200, 422)


def test_of_two_members_of_one_name_one_counts(client):
    assert client.post(ASK, '{"text":"a","text":"b"}').json["query"] in ("a", "b")


def test_every_character_comes_back_as_it_was(client):
    characters = "".join(chr(code) for code in [*range(0x20, 0x250), 0x2028, 0xFEFF, 0xFFFD, 0x1F600, 0x10FFFF])
    controls = "".join(map(chr, range(0x20))) + "\x7f"
    for text in (characters, "x" + controls, "x\u0000y", "e\u0301", "\u202etext", "a" * 999 + "\U0001F600"):
        assert client.ask(text).json["query"] == text
        stored = client.post("/api/v1/knowledge", {"issue": "chars " + text[:900], "resolution": text})
        assert stored.status in (200, 201)
        item = client.get("/api/v1/knowledge/" + stored.json["id"]).json
        assert item["resolution"] == text
        assert client.send("DELETE", "/api/v1/knowledge/" + stored.json["id"]).status == 200


def test_marks_of_sql_and_of_full_text_search_are_text(client):
    for text in ("'; DROP TABLE item; --", '" OR 1=1', "NEAR(a b)", "a* AND NOT b", "item_lexical:x", "%", "\\", "{a b}"):
        assert client.ask(text).status == 200
        assert client.ask(text, strategy="lexical", category=text, tags=[text]).status == 200
        for name in ("q", "tag", "category"):
            reply = client.get(f"/api/v1/knowledge?{name}={quoted(text)}")
            assert reply.status == 200, (name, text)


def quoted(text):
    return "".join(f"%{byte:02x}" for byte in text.encode())


@pytest.mark.parametrize(
    "query,field",
    [
        ("q=%ff", "q"), ("q=%c3%28", "q"), ("tag=%ed%a0%80", "tag"), ("q=%zz", "q"), ("q=%", "q"),
        ("limit=1&limit=2", "limit"), ("limit=", "limit"), ("limit", "limit"), ("q=a&q=a", "q"), ("limit=0", "limit"), ("limit=201", "limit"), ("limit=1.5", "limit"),
        ("limit=0x10", "limit"), ("limit=" + "9" * 50, "limit"), ("limit=%D9%A1", "limit"), ("cursor=x", "cursor"),
        ("cursor=-1", "cursor"), ("cursor=" + "9" * 60, "cursor"), ("q=" + "x" * 201, "q"), ("limit=%2B5", "limit"), ("tag=" + "x" * 65, "tag"),
    ])
def test_wrong_parameters(client, query, field):
    reply = client.get("/api/v1/knowledge?" + query)
    assert reply.status == 422 and reply.json["detail"][0]["loc"] == ["query", field], reply.text


@pytest.mark.parametrize("query", ["", "q=&cursor=&tag=", "unknown=1&unknown=2", "&&", "=", "limit=10&", "%ff=1", "a%00b=1", "q=%00"])
def test_parameters_that_change_nothing_or_little(client, query):
    assert client.get("/api/v1/knowledge?" + query).status == 200


@pytest.mark.parametrize("name", ["%ff", "%00", "..%2f..%2fetc%2fpasswd", "%2e%2e", "1%20", "+1", "-1", "1e3", "٣", "a" * 3_000])
def test_ids_that_are_none(client, name):
    name = "".join(f"%{byte:02x}" if byte > 127 else chr(byte) for byte in name.encode())
    for method in ("GET", "DELETE"):
        assert client.send(method, "/api/v1/knowledge/" + name).status == 404
        assert client.send(method, "/api/v1/tiers/hot/items/" + name).status == 404
        assert client.send(method, f"/api/v1/tiers/{name}/items/1").status == 404


def test_headers_of_versions_that_are_none(client):
    stored = client.post("/api/v1/knowledge", {"issue": "version headers", "resolution": "r"}).json
    path = "/api/v1/knowledge/" + stored["id"]
    for tag in ("2", '"x"', 'W/"1"', '"1', "", ",", '"-1"', '"99999999999999999999"'):
        reply = client.send("PATCH", path, {"resolution": "other"}, headers={"If-Match": tag})
        assert reply.status == 409, tag
    assert client.send("DELETE", path, headers={"If-Match": '"7", "1"'}).status == 200


def test_a_body_in_pieces_is_a_body(client):
    pieces = [b'{"te', b'xt":"npm instal', b'l"}']
    raw = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    head = b"POST /troubleshoot HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    head += b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    with socket.create_connection((client.place.hostname, client.place.port), 10) as connection:
        connection.sendall(head + raw)
        received = b""
        while piece := connection.recv(65_536):
            received += piece
    assert received.startswith(b"HTTP/1.1 200") and json.loads(received.split(b"\r\n\r\n", 1)[1])["query"] == "npm install"


def test_the_server_is_well_after_all_this(client):
    health = client.get("/api/v1/health")
    assert health.status == 200 and health.json["overall_status"] == "healthy"

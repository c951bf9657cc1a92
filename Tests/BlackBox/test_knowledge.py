"""`/knowledge`: items one by one, in pages and in streams."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

KNOWLEDGE = "/api/v1/knowledge"
NDJSON = "application/x-ndjson"


def issue():
    return f"problem {uuid.uuid4()}"


def add(client, **fields):
    return client.post(KNOWLEDGE, {"issue": issue(), "resolution": "r", **fields})


def test_an_item_s_life(client):
    name = issue()
    added = client.post(KNOWLEDGE, {"issue": name, "resolution": "one", "category": "c", "tags": ["a", "b, c", "a"]})
    assert added.status == 201 and added.headers["ETag"] == '"1"' and added.json["version"] == 1
    path = added.headers["Location"]
    assert path == f"{KNOWLEDGE}/{added.json['id']}"
    assert added.json["item"] == {"issue": name, "category": "c", "tags": ["a", "b, c"]}
    got = client.get(path)
    assert got.json["resolution"] == "one" and got.json["tags"] == ["a", "b, c"] and got.headers["ETag"] == '"1"'

    again = client.post(KNOWLEDGE, {"issue": name, "resolution": "two"})
    assert again.status == 200 and again.json["id"] == added.json["id"] and again.json["version"] == 2
    assert client.get(path).json["category"] == "general"

    changed = client.send("PATCH", path, {"tags": ["x"]}, headers={"If-Match": '"2"'})
    assert changed.status == 200 and changed.headers["ETag"] == '"3"'
    assert client.get(path).json["resolution"] == "two"
    late = client.send("PATCH", path, {"tags": ["y"]}, headers={"If-Match": '"2"'})
    assert late.status == 409 and late.json["error"]["details"]["version"] == "3"
    assert client.send("PUT", path, {"issue": name, "resolution": "z"}, headers={"If-Match": '"1"'}).status == 409
    assert client.send("DELETE", path, headers={"If-Match": '"1"'}).status == 409
    put = client.send("PUT", path, {"issue": name, "resolution": "three"}, headers={"If-Match": '"3", "9"'})
    assert put.json["version"] == 4 and client.get(path).json["tags"] == []
    assert client.send("DELETE", path, headers={"If-Match": '"4"'}).status == 200
    assert client.get(path).status == client.send("DELETE", path).status == 404
    assert client.send("PATCH", path, {"tags": []}).status == client.send("PUT", path, {"issue": name, "resolution": "r"}).status == 404


def test_patching_single_fields(client):
    path = add(client, category="c", tags=["t"]).headers["Location"]
    before = client.get(path).json
    for field, value in (("issue", issue()), ("resolution", "new"), ("category", "other"), ("tags", ["u", "v"])):
        assert client.send("PATCH", path, {field: value, "unknown": 1}).status == 200
        after = client.get(path).json
        assert after[field] == value and after["version"] == before["version"] + 1
        assert {name: after[name] for name in ("issue", "resolution", "category", "tags") if name != field} == {
            name: before[name] for name in ("issue", "resolution", "category", "tags") if name != field}
        before = after
    assert client.send("PATCH", path, {}).json["version"] == before["version"]
    assert client.send("PATCH", path, {"issue": None, "description": "ignored here"}).json["item"]["issue"] == before["issue"]
    for wrong in ({"issue": " "}, {"resolution": ""}, {"tags": "a"}, {"category": 1}, {"resolution": 5}):
        assert client.send("PATCH", path, wrong).status == 422


def test_another_item_s_issue_is_not_taken(client):
    first, second = add(client), add(client)
    taken = first.json["item"]["issue"]
    for method, body in (("PATCH", {"issue": taken}), ("PUT", {"issue": f"  {taken} ", "resolution": "r"})):
        assert client.send(method, second.headers["Location"], body).status == 409


def test_two_at_once_make_one_item(client):
    for _ in range(10):
        name = issue()
        with ThreadPoolExecutor(8) as pool:
            replies = list(
                pool.map(lambda n: client.post(KNOWLEDGE, {"issue": name, "resolution": f"text {n}"}), range(8)))
        assert sorted(reply.status for reply in replies) == [200] * 7 + [201]
        assert len({reply.json["id"] for reply in replies}) == 1
        assert sorted(reply.json["version"] for reply in replies) == list(range(1, 9))
        last = max(range(8), key=lambda n: replies[n].json["version"])
        kept = client.get(f"{KNOWLEDGE}?q={name.split()[1]}").json["items"]
        assert [item["resolution"] for item in kept] == [f"text {last}"] and kept[0]["version"] == 8
        assert client.ask(name).json["response"] == f"text {last}"


def test_what_stands_in_for_an_issue(client):
    name = issue()
    assert client.post(KNOWLEDGE, {"description": name, "resolution": "r"}).json["item"]["issue"] == name
    assert client.post(KNOWLEDGE, {"issue": None, "description": name, "resolution": "r"}).status == 200
    both = client.post(KNOWLEDGE, {"issue": issue(), "description": "d" * 3_000, "resolution": "r"})
    assert both.status == 201 and both.json["item"]["issue"].startswith("problem")


def test_white_space_and_composition_make_no_other_item(client):
    name = issue()
    first = client.post(KNOWLEDGE, {"issue": f"Caf\u00e9 {name}", "resolution": "r"})
    same = client.post(KNOWLEDGE, {"issue": f" Cafe\u0301\t {name} \n", "resolution": "r"})
    other = client.post(KNOWLEDGE, {"issue": f"caf\u00e9 {name}", "resolution": "r"})
    assert same.json["id"] == first.json["id"] != other.json["id"]


def test_limits(client):
    assert add(client, issue="\U0001F600" * 2_000).status == 201
    assert add(client, resolution="r" * 65_536, tags=[f"{n:064}" for n in range(32)], category="\u00e9" * 64).status == 201
    for wrong, kind, field in (
        ({"issue": "\U0001F600" * 2_001}, "string_too_long", "issue"),
        ({"resolution": "r" * 65_537}, "string_too_long", "resolution"),
        ({"resolution": "\u00e9" * 32_769}, "string_too_long", "resolution"),
        ({"tags": [str(n) for n in range(33)]}, "too_long", "tags"),
        ({"tags": ["t" * 65]}, "string_too_long", "tags"),
        ({"tags": [" "]}, "string_too_short", "tags"),
        ({"tags": {"a": 1}}, "list_type", "tags"),
        ({"category": "c" * 65}, "string_too_long", "category"),
        ({"resolution": " \n"}, "string_too_short", "resolution"),
        ({"issue": None}, "missing", "issue"),
    ):
        reply = add(client, **wrong)
        if wrong == {"issue": None}:
            assert reply.status == 422 and reply.json["detail"][0]["type"] in ("missing", "string_type")
            continue
        assert reply.status == 422 and reply.json["detail"][0]["type"] == kind, wrong
        assert reply.json["detail"][0]["loc"][1] == field
        assert len(reply.body) < 1_000
    wrong = client.post(KNOWLEDGE, {"issue": 1, "tags": 2})
    assert [v["loc"][1] for v in wrong.json["detail"]] == ["issue", "resolution", "tags"]


def test_what_is_posted_is_in_the_very_next_answer(client):
    name = issue()
    for number in range(5):
        client.post(KNOWLEDGE, {"issue": name, "resolution": f"answer {number}"})
        assert client.ask(name).json["response"] == f"answer {number}"


def walk(client, query):
    cursor, items, pages = "", [], 0
    while True:
        page = client.get(f"{KNOWLEDGE}?{query}&cursor={cursor}").json
        items += page["items"]
        pages += 1
        cursor = page["next_cursor"]
        if cursor is None:
            return items, pages


def test_pages(client):
    mark = f"mark{uuid.uuid4().hex}"
    for number in range(25):
        add(client, issue=f"{mark} number {number}", category=f"c{number % 2}", tags=[mark, f"t{number % 5}"])
    items, pages = walk(client, f"limit=10&tag={mark}")
    assert pages == 3 and [item["issue"] for item in items] == [f"{mark} number {number}" for number in range(25)]
    assert [item["id"] for item in items] == sorted((item["id"] for item in items), key=int)
    items, pages = walk(client, f"limit=2&tag={mark}&category=c1")
    assert pages == 6 and len(items) == 12 and {item["category"] for item in items} == {"c1"}
    everything, _ = walk(client, "limit=200")
    assert len(everything) > 300 and len({item["id"] for item in everything}) == len(everything)
    assert client.get(KNOWLEDGE).json["limit"] == 50


def test_words_filter_the_list(client):
    mark = f"mark{uuid.uuid4().hex}"
    add(client, issue=f"{mark} libssl.so.3 is missing", resolution="apt install libssl3", tags=["Linux Distribution"])
    add(client, issue=f"{mark} other", resolution="Run --legacy-peer-deps", category="npm")
    add(client, issue=f"{mark} third LIBSSL", resolution="r")

    def found(words, more=""):
        query = "".join(f"%{byte:02x}" for byte in words.encode())
        return [item["issue"].split(" ", 1)[1] for item in walk(client, f"limit=1&q={query}{more}")[0]]

    first, other, third = "libssl.so.3 is missing", "other", "third LIBSSL"
    assert found(mark) == [first, other, third]
    assert found(f"{mark} libssl") == found(f"LibSSL {mark.upper()}") == [first, third]
    assert found(f"libssl.so.3 {mark}") == found(f"{mark} distribution") == [first]
    assert found(f"{mark} --legacy-peer-deps") == found(mark, "&category=npm") == [other]
    assert found(f"{mark} nowhere{mark}") == found("->") == found(mark[:-1]) == []
    assert client.get(f"{KNOWLEDGE}?q=libssl+{mark}").json["items"][0]["issue"].endswith(first)
    assert client.get("/api/v1/tiers/cold/items?q=" + mark).json["items"][0]["issue"].endswith(first)


def bulk(client, lines, query="", **options):
    return client.post(KNOWLEDGE + "/bulk" + query, "\n".join(lines), content_type=NDJSON, **options)


def test_bulk(client):
    name = issue()
    lines = [
        json.dumps({"issue": f"{name} a", "resolution": "1"}), "", json.dumps({"issue": "", "resolution": "1"}), "nope",
        json.dumps({"issue": f"{name} b", "resolution": "2"}), json.dumps({"issue": f"{name} a", "resolution": "3"}),
        json.dumps({"issue": "x", "resolution": "y" * (1 << 20)}), "[1]",
    ]
    reply = bulk(client, lines)
    assert reply.status == 200
    *failed, last = reply.lines
    assert [line["line"] for line in failed] == [3, 4, 7, 8]
    assert all(line["error"]["code"] and line["error"]["message"] for line in failed)
    assert last["summary"] == {"lines": 7, "created": 2, "replaced": 1, "unchanged": 0, "failed": 4, "stopped": False}
    stopped = bulk(client, ["nope", *lines], "?on_error=stop").lines[-1]["summary"]
    assert stopped["failed"] == 1 and stopped["created"] == 0 and stopped["stopped"]
    assert bulk(client, lines, "?on_error=perhaps").status == 422
    assert bulk(client, []).lines[-1]["summary"]["lines"] == 0


def test_an_export_can_be_taken_in_again(client):
    add(client, tags=["a, b"])
    export = client.get(KNOWLEDGE + "/export")
    assert export.headers["Content-Type"] == NDJSON
    items = export.lines
    assert [int(item["id"]) for item in items] == sorted(int(item["id"]) for item in items)
    summary = bulk(client, export.text.splitlines()).lines[-1]["summary"]
    assert summary["unchanged"] == len(items) and summary["failed"] == 0


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_nothing_is_changed_by_what_is_refused(client, method):
    path = add(client, resolution="kept").headers["Location"]
    assert client.send(method, path, None if method == "DELETE" else {"resolution": 5}, headers={"If-Match": '"9"'}).status in (409, 422)
    assert client.get(path).json["resolution"] == "kept" and client.get(path).json["version"] == 1

"""`/tiers`: what hot, warm and cold hold, and what can be done with it."""

import array
import uuid

import pytest

TIERS = "/api/v1/tiers"


def asked(client, times=4):
    """A question that hot holds the answer to, and its fingerprint."""
    text = f"printer on fire {uuid.uuid4()}"
    for _ in range(times):
        steps = client.ask(text, explain=True).json["explain"]
    return text, steps[0]["detail"]


def test_figures(client):
    asked(client)
    tiers = client.get(TIERS).json
    assert list(tiers) == ["hot", "warm", "cold"]
    for tier in tiers.values():
        assert set(tier["windows"]) == {"1m", "5m", "1h", "since_start"}
        looked = tier["hits"] + tier["misses"]
        assert tier["hit_rate"] == pytest.approx(100 * tier["hits"] / looked if looked else 0, abs=0.1)
        assert tier["p50_ms"] <= tier["p95_ms"] <= tier["p99_ms"]
    assert tiers["hot"]["size"] <= tiers["hot"]["capacity"] and tiers["cold"]["size"] > 300


def test_advice(client):
    advice = client.get(TIERS + "/advice").json
    assert advice["hot"]["set"].startswith("HOT_CACHE_SIZE=") and advice["warm"]["set"].startswith("WARM_CACHE_SIZE=")


@pytest.mark.parametrize("tier", ["hot", "warm"])
def test_kept_answers(client, tier):
    text, fingerprint = asked(client)
    items, cursor = [], ""
    while cursor is not None:
        page = client.get(f"{TIERS}/{tier}/items?limit=3&cursor={cursor}").json
        assert len(page["items"]) <= 3
        items += page["items"]
        cursor = page["next_cursor"]
    fingerprints = [item["fingerprint"] for item in items]
    assert fingerprint in fingerprints and len(set(fingerprints)) == len(fingerprints)
    path = f"{TIERS}/{tier}/items/{fingerprint}"
    assert client.get(path).json["question"] == text
    assert client.get(path).json["answer"]["results"] == client.ask(text).json["results"]
    assert client.send("DELETE", path).status == 200
    assert client.get(path).status == client.send("DELETE", path).status == 404
    assert client.get(f"{TIERS}/{tier}/items?cursor=nonsense").status == 422


def test_cold_items_are_the_knowledge(client):
    assert client.get(TIERS + "/cold/items?limit=3").json == client.get("/api/v1/knowledge?limit=3").json
    added = client.post("/api/v1/knowledge", {"issue": f"cold {uuid.uuid4()}", "resolution": "r"})
    path = f"{TIERS}/cold/items/{added.json['id']}"
    assert client.get(path).json == client.get(added.headers["Location"]).json
    assert client.send("DELETE", path, headers={"If-Match": '"2"'}).status == 409
    assert client.send("DELETE", path).status == 200 and client.get(path).status == 404


def test_pins(client):
    text, fingerprint = asked(client)
    path = f"{TIERS}/hot/items/{fingerprint}/pin"
    assert client.post(path).json == {"fingerprint": fingerprint, "pinned": True, "holds_answer": True}
    assert client.get(f"{TIERS}/hot/items/{fingerprint}").json["pinned"] is True
    client.post(TIERS + "/hot/flush")
    assert fingerprint in client.get(TIERS + "/hot/items").json["waiting_pins"]
    assert client.send("DELETE", path).json["pinned"] is False and client.send("DELETE", path).status == 404
    assert client.post(f"{TIERS}/warm/items/{fingerprint}/pin").status == 404
    assert client.post(f"{TIERS}/hot/items/nonsense/pin").status == 404


@pytest.mark.parametrize("tier", ["hot", "warm"])
def test_flushing(client, tier):
    asked(client)
    assert client.post(f"{TIERS}/{tier}/flush").json["flushed"] > 0
    assert client.get(TIERS).json[tier]["size"] == 0
    assert client.get(f"{TIERS}/{tier}/items").json["items"] == []


def test_only_answers_are_flushed(client):
    assert client.post(TIERS + "/cold/flush").status == 404


@pytest.mark.parametrize("tier", ["hot", "warm", "cold"])
def test_searching_a_tier(client, tier):
    text, _ = asked(client)
    path = f"{TIERS}/{tier}/search"
    dimensions = client.get("/api/v1/system/info").json["storage_info"]["vector_dimensions"]
    found = client.post(path, {"text": text, "top_k": 3, "min_score": 0}).json
    assert 0 < len(found["results" if tier == "cold" else "items"]) <= 3
    vector = [float(number % 7 - 3) for number in range(dimensions)]
    by_numbers = client.post(path, {"vector": vector, "top_k": 5, "min_score": 0}).json
    bytes_ = array.array("f", vector).tobytes()
    by_bytes = client.post(path + "?top_k=5", bytes_, content_type="application/octet-stream").json
    member = "results" if tier == "cold" else "items"
    assert by_numbers[member] == by_bytes[member]
    for wrong, status in (
        ({}, 422), ({"vector": "x"}, 422), ({"vector": ["x"] * dimensions}, 422), ({"vector": [1.0]}, 422),
        ({"vector": [0] * dimensions}, 422), ({"vector": [1e300] * dimensions}, 422), ({"text": ""}, 422),
    ):
        assert client.post(path, wrong).status == status, wrong
    for wrong in (b"", b"abc", b"\0" * 4 * dimensions, b"\xff" * 4 * dimensions, bytes_ + bytes_):
        assert client.post(path, wrong, content_type="application/octet-stream").status == 400
    assert client.post(path, {"text": "x"}, content_type="text/plain").status == 415


def test_warming_up(client):
    text = f"warmed {uuid.uuid4()} npm install"
    reply = client.post(TIERS + "/warmup", {"queries": [text]}).json
    assert reply["requested"] == 1 and reply["placed"] == 1
    assert client.ask(text).json["routing_info"]["tier_used"] in ("hot_memory", "no_results")
    assert client.post(TIERS + "/warmup?top=5").json["requested"] <= 5
    for wrong in ({}, {"queries": "x"}, {"queries": [" "]}, {"queries": ["x"] * 1_001}, {"queries": None}):
        assert client.post(TIERS + "/warmup", wrong).status == 422
    assert client.post(TIERS + "/warmup?top=0").status == client.post(TIERS + "/warmup?top=1001").status == 422
    assert client.post(TIERS + "/warmup").status == 415

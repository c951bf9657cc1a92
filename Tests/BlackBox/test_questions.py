"""`POST /troubleshoot`: what may be asked, and what comes back."""

import re
import time
import uuid

import pytest

TIERS = ["hot_memory", "warm_cache", "cold_storage"]


def test_an_answer_is_whole(client):
    reply = client.ask("npm install hangs behind a proxy").json
    first = reply["results"][0]
    assert reply["query"] == "npm install hangs behind a proxy"
    assert reply["response"] == first["resolution"] and reply["similarity_score"] == first["similarity_score"]
    assert 0 < len(reply["results"]) <= 5 and first["category"] == "npm" and "proxy" in first["tags"]
    scores = [result["similarity_score"] for result in reply["results"]]
    assert scores == sorted(scores, reverse=True) and all(round(score, 4) == score for score in scores)
    for result in reply["results"]:
        score = result["similarity_score"]
        assert result["confidence"] == ("high" if score > 0.8 else "medium" if score > 0.6 else "low")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", reply["metadata"]["timestamp"])
    assert round(reply["search_time_ms"], 3) == reply["search_time_ms"]


def test_the_same_from_every_tier(client):
    text = f"kubernetes pod stays in CrashLoopBackOff {uuid.uuid4()}"
    seen = {}
    for _ in range(5):
        reply = client.ask(text).json
        routing = reply["routing_info"]
        seen.setdefault(routing["tier_used"], []).append([(r["id"], r["similarity_score"]) for r in reply["results"]])
    assert list(seen)[0] == "cold_storage" and list(seen)[-1] == "hot_memory"
    assert len({str(results) for lists in seen.values() for results in lists}) == 1
    assert routing["match"] == "exact" and routing["placed_in"] == "hot_memory" and routing["access_count"] == 5


def test_the_old_path_and_unknown_fields(client):
    reply = client.post("/troubleshoot", {"text": "disk full", "user_id": 7, "context": {"a": [1]}})
    assert reply.status == 200 and reply.json["query"] == "disk full"


def test_lengths_are_code_points(client):
    for character in ("x", "é", "語", "\U0001F600"):
        assert client.ask(character * 1_000).status == 200
        assert client.ask(character * 1_001).status == 422


def test_the_text_comes_back_verbatim(client):
    for text in ("  NPM   Install\tHängt \n", "ÀÉÎ", "\U0001F600 crash"):
        assert client.ask(text).json["query"] == text


def test_no_result_is_no_failure(client):
    reply = client.ask("zzzz qqqq xxxx", min_score=0.99).json
    assert reply["results"] == [] and reply["response"] is None and reply["similarity_score"] is None
    assert reply["message"] and reply["routing_info"]["tier_used"] == "no_results"


def test_how_many(client):
    for count in (1, 3, 20):
        assert len(client.ask("error when installing a package", top_k=count, min_score=0).json["results"]) <= count
    assert len(client.ask("error when installing a package", top_k=20, min_score=0).json["results"]) == 20


def test_filters(client):
    reply = client.ask("cannot connect", category="git", min_score=0).json
    assert reply["results"] and {result["category"] for result in reply["results"]} == {"git"}
    reply = client.ask("behind a proxy", tags=["proxy", "npm"], min_score=0).json
    assert reply["results"] and all({"proxy", "npm"} <= set(result["tags"]) for result in reply["results"])
    assert client.ask("cannot connect", category="no such category").json["results"] == []


def test_the_score_must_be_exceeded(client):
    first = client.ask("npm install hangs behind a proxy", top_k=1).json["results"][0]["similarity_score"]
    for least, count in ((first, 0), (first - 0.001, 1)):
        assert len(client.ask("npm install hangs behind a proxy", top_k=1, min_score=least).json["results"]) == count


@pytest.mark.parametrize("strategy", ["auto", "vector", "lexical", "hybrid"])
def test_the_similarity_is_the_cosine_in_every_strategy(client, strategy):
    text = "npm install hangs behind a proxy"
    cosine = client.ask(text, strategy="vector", top_k=1).json["results"][0]
    results = client.ask(text, strategy=strategy, top_k=20, min_score=0).json["results"]
    same = [result for result in results if result["id"] == cosine["id"]]
    assert same and same[0]["similarity_score"] == cosine["similarity_score"]
    assert same[0]["score_basis"] == "cosine"


def test_explained_only_if_asked(client):
    text = f"explained {uuid.uuid4()}"
    assert "explain" not in client.ask(text).json
    steps = client.ask(text, explain=True).json["explain"]
    assert [step["step"] for step in steps][:2] == ["fingerprint", "hot.exact"]
    assert all(step["microseconds"] >= 0 for step in steps)


def test_bypassing_the_caches(client):
    text = f"bypass {uuid.uuid4()}"
    for _ in range(3):
        routing = client.ask(text, cache="bypass", min_score=0).json["routing_info"]
        assert routing["match"] == "search" and routing["tier_used"] == "cold_storage"
    assert client.ask(text, min_score=0).json["routing_info"]["tier_used"] == "cold_storage"


def test_what_is_null_is_left_out(client):
    names = ["top_k", "category", "tags", "min_score", "strategy", "explain", "cache", "semantic_threshold"]
    assert client.ask("disk full", **dict.fromkeys(names)).status == 200


def test_every_question_counts_once(client):
    def counts():
        metrics = client.get("/api/v1/performance").json["performance_metrics"]
        return metrics["total_queries"], sum(metrics[f"{name}"] for name in ("hot_hits", "warm_hits", "cold_hits", "misses"))

    before, _ = counts()
    for number in range(10):
        client.ask(f"counted {number % 3} {time.time_ns() if number % 2 else 'same'}")
    client.post("/troubleshoot", {"text": ""})
    total, parts = counts()
    assert total == before + 10 and parts == total


def test_feedback(client):
    vote = {"query": "npm", "item_id": client.ask("npm install").json["results"][0]["id"], "helpful": True}
    reply = client.post("/api/v1/feedback", {**vote, "comment": "c" * 2_000})
    assert reply.status == 202 and reply.json["helpful"] is True
    assert client.post("/api/v1/feedback", {**vote, "item_id": "999999"}).status == 404
    for wrong in ({"helpful": "yes"}, {"query": " "}, {"item_id": 5}, {"comment": "c" * 2_001}, {"helpful": None}):
        assert client.post("/api/v1/feedback", {**vote, **wrong}).status == 422

"""What the server tells of itself."""

import json
import re

PERCENT = re.compile(r"\d+\.\d%")
TIERS = ["hot_memory", "warm_cache", "cold_storage"]


def test_the_front(client):
    for path in ("/", "/api/v1", "/api/v1/"):
        front = client.get(path, headers={"Accept": "application/json"}).json
        assert front["service"] == "Thermocline" and isinstance(front["version"], str) and front["status"] == "running"
        assert all(isinstance(flag, bool) for flag in front["features"].values())
        for name in ("troubleshoot", "train", "health", "performance", "knowledge", "docs"):
            assert front["endpoints"][name] == f"/api/v1/{name}"
        assert [tier["name"] for tier in front["architecture"]["storage_tiers"]] == TIERS
        for name in ("hot_cache_hit_rate", "warm_cache_hit_rate", "cold_storage_hit_rate"):
            assert PERCENT.fullmatch(front["performance_summary"][name])
    for path in set(front["endpoints"].values()) - {"/api/v1/troubleshoot", "/api/v1/train"}:
        assert client.get(path).status == 200, path


def test_health(client):
    for path in ("/health", "/api/v1/health"):
        health = client.get(path).json
        assert health["overall_status"] == "healthy"
        assert set(health["components"]) == {"hot_cache", "warm_cache", "cold_storage", "encoder"}
        assert isinstance(health["components"]["hot_cache"]["item_count"], int)
        assert health["api"] == {"status": "healthy", "active_training_jobs": 0}
    assert client.get("/api/v1/health/live").status == client.get("/api/v1/health/ready").status == 200


def test_performance(client):
    client.ask("npm install")
    metrics = client.get("/api/v1/performance").json["performance_metrics"]
    rates = sum(metrics[name] for name in ("hot_hit_rate", "warm_hit_rate", "cold_hit_rate", "miss_rate"))
    assert round(rates, 6) == 1
    for tier in ("hot", "warm", "cold"):
        assert metrics[f"{tier}_p50_ms"] <= metrics[f"{tier}_p95_ms"] <= metrics[f"{tier}_p99_ms"]
    size = len(client.get("/api/v1/performance").body)
    for number in range(50):
        client.ask(f"npm install {number}")
    assert len(client.get("/api/v1/performance").body) < size + 300


def test_info(client):
    info = client.get("/api/v1/system/info").json
    assert info["system_info"]["service_name"] == "Thermocline"
    assert list(info["component_health"]) == list(client.get("/health").json["components"])
    assert list(info["performance_metrics"]["tier_hit_rates"]) == TIERS
    assert all(re.fullmatch(r"\d+\.\d\dms", time) for time in info["performance_metrics"]["average_response_times"].values())
    assert info["storage_info"]["vector_dimensions"] == 384 and info["storage_info"]["cold_storage_size"] > 300


def test_metrics(client):
    text = client.get("/metrics")
    assert text.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8" and "# HELP" in text.text
    open_metrics = client.get("/api/v1/metrics", headers={"Accept": "application/openmetrics-text"})
    assert open_metrics.headers["Content-Type"].startswith("application/openmetrics-text") and open_metrics.text.endswith("# EOF\n")


def test_numbers_are_numbers(client):
    """No NaN, infinity or exponent that a plain reader stumbles over."""
    for path in ("/", "/api/v1/tiers", "/api/v1/performance", "/api/v1/system/info", "/api/v1/tiers/advice"):
        json.loads(client.get(path).text, parse_constant=lambda word: (_ for _ in ()).throw(AssertionError(word)))

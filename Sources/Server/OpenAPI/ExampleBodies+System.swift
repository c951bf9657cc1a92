extension ExampleBodies {
    static let tiers = #"""
        {
          "hot": {
            "name": "hot_memory",
            "size": 1,
            "capacity": 1000,
            "bytes": 2917,
            "maximum_bytes": 67108864,
            "hits": 0,
            "misses": 2,
            "hit_rate": 0,
            "admissions": 1,
            "evictions": 0,
            "expirations": 0,
            "invalidations": 0,
            "p50_ms": 0,
            "p95_ms": 0,
            "p99_ms": 0,
            "pins": {"count": 0, "maximum": 500},
            "snapshot": {"saved_at": null, "bytes": 0, "answers": 0, "restored_answers": 0},
            "windows": {
              "1m": {"hits": 0, "misses": 2, "hit_rate": 0},
              "5m": {"hits": 0, "misses": 2, "hit_rate": 0},
              "1h": {"hits": 0, "misses": 2, "hit_rate": 0},
              "since_start": {"hits": 0, "misses": 2, "hit_rate": 0}
            }
          },
          "warm": {
            "name": "warm_cache",
            "size": 1,
            "capacity": 10000,
            "bytes": null,
            "maximum_bytes": null,
            "hits": 1,
            "misses": 1,
            "hit_rate": 50,
            "admissions": 1,
            "evictions": 0,
            "expirations": 0,
            "invalidations": 0,
            "p50_ms": 1.125,
            "p95_ms": 1.238,
            "p99_ms": 1.248,
            "windows": {
              "1m": {"hits": 1, "misses": 1, "hit_rate": 50},
              "5m": {"hits": 1, "misses": 1, "hit_rate": 50},
              "1h": {"hits": 1, "misses": 1, "hit_rate": 50},
              "since_start": {"hits": 1, "misses": 1, "hit_rate": 50}
            }
          },
          "cold": {
            "name": "cold_storage",
            "size": 322,
            "capacity": null,
            "bytes": 1913056,
            "maximum_bytes": null,
            "hits": 1,
            "misses": 0,
            "hit_rate": 100,
            "admissions": 0,
            "evictions": 0,
            "expirations": 0,
            "invalidations": 0,
            "p50_ms": 28.25,
            "p95_ms": 31.175,
            "p99_ms": 31.435,
            "windows": {
              "1m": {"hits": 1, "misses": 0, "hit_rate": 100},
              "5m": {"hits": 1, "misses": 0, "hit_rate": 100},
              "1h": {"hits": 1, "misses": 0, "hit_rate": 100},
              "since_start": {"hits": 1, "misses": 0, "hit_rate": 100}
            }
          }
        }
        """#

    static let hotItems = #"""
        {
          "items": [
            {
              "fingerprint": "81d8bf1185f4632cd0fab616cc7cbf10",
              "question": "npm install hangs behind a proxy",
              "results": 1,
              "quality": 0.915,
              "computed_at": "2026-11-25T22:48:37.674Z",
              "expires_at": "2026-11-25T23:17:04.778Z",
              "knowledge_version": 322,
              "bytes": 2917,
              "pinned": false
            }
          ],
          "waiting_pins": [],
          "next_cursor": null,
          "limit": 50
        }
        """#

    static let tierSearch = #"""
        {"text": "npm proxy", "top_k": 3}
        """#

    static let warmUp = #"""
        {"queries": ["npm install hangs behind a proxy"]}
        """#

    static let service = #"""
        {
          "service": "Thermocline",
          "version": "0.1.0",
          "status": "running",
          "features": {
            "semantic_search": true,
            "semantic_hits": false,
            "lexical_search": true,
            "warm_cache": true,
            "bulk_import": true,
            "training": false,
            "api_keys": false
          },
          "endpoints": {
            "troubleshoot": "/api/v1/troubleshoot",
            "train": "/api/v1/train",
            "health": "/api/v1/health",
            "performance": "/api/v1/performance",
            "knowledge": "/api/v1/knowledge",
            "docs": "/api/v1/docs",
            "openapi": "/api/v1/openapi.json"
          },
          "architecture": {
            "storage_tiers": [
              {
                "name": "hot_memory",
                "latency": "not measured yet",
                "technology": "Process memory, sharded LRU",
                "use_case": "Answers that are asked for again and again"
              },
              {
                "name": "warm_cache",
                "latency": "1.125ms",
                "technology": "Redis",
                "use_case": "Answers asked for lately; they outlive restarts"
              },
              {
                "name": "cold_storage",
                "latency": "28.250ms",
                "technology": "SQLite, LZ4-compressed vector index, FTS5",
                "use_case": "Every item of knowledge: the only copy that counts"
              }
            ]
          },
          "performance_summary": {
            "total_queries_processed": 2,
            "hot_cache_hit_rate": "0.0%",
            "warm_cache_hit_rate": "50.0%",
            "cold_storage_hit_rate": "50.0%",
            "system_performance": "good"
          }
        }
        """#

    static let performance = #"""
        {
          "performance_metrics": {
            "total_queries": 2,
            "hot_hits": 0,
            "warm_hits": 1,
            "cold_hits": 1,
            "misses": 0,
            "hot_hit_rate": 0,
            "warm_hit_rate": 0.5,
            "cold_hit_rate": 0.5,
            "miss_rate": 0,
            "avg_ms": 13.64,
            "hot_avg_ms": 0,
            "hot_p50_ms": 0,
            "hot_p95_ms": 0,
            "hot_p99_ms": 0,
            "warm_avg_ms": 1.179,
            "warm_p50_ms": 1.125,
            "warm_p95_ms": 1.238,
            "warm_p99_ms": 1.248,
            "cold_avg_ms": 26.101,
            "cold_p50_ms": 28.25,
            "cold_p95_ms": 31.175,
            "cold_p99_ms": 31.435,
            "miss_avg_ms": 0,
            "miss_p50_ms": 0,
            "miss_p95_ms": 0,
            "miss_p99_ms": 0
          },
          "semantic": {"mode": "off", "questions_by_match": {"exact": 1, "semantic": 0, "search": 1}},
          "analysis": {
            "performance_grade": "C",
            "recommendations": [],
            "tier_efficiency": {
              "hot_memory": {"questions": 0, "time_saved": 0},
              "warm_cache": {"questions": 1, "time_saved": 0.9548},
              "cold_storage": {"questions": 1, "time_saved": 0}
            }
          }
        }
        """#

    static let health = #"""
        {
          "overall_status": "healthy",
          "components": {
            "hot_cache": {"status": "healthy", "response_time_ms": 0.001, "item_count": 1},
            "warm_cache": {"status": "healthy", "response_time_ms": 3.884, "item_count": 1},
            "cold_storage": {"status": "healthy", "response_time_ms": 0.506, "item_count": 322},
            "encoder": {"status": "healthy", "response_time_ms": 3.973}
          },
          "api": {"status": "healthy", "active_training_jobs": 0},
          "timestamp": "2026-11-25T22:48:37.760Z"
        }
        """#

    // Lines of NDJSON.

    static let itemLines = #"""
        {"issue": "git push is rejected as non-fast-forward", "resolution": "git pull --rebase, then push again"}
        {"issue": " ", "resolution": "r"}
        """#

    static let bulkReply = #"""
        {"line":2,"error":{"code":"VALIDATION","message":"body.issue: String should have at least 1 character"},"detail":[{"type":"string_too_short","loc":["body","issue"],"msg":"String should have at least 1 character","input":" "}]}
        {"summary":{"lines":2,"created":1,"replaced":0,"unchanged":0,"failed":1,"stopped":false}}
        """#

    static let exportLine = #"""
        {"id": "235", "version": 1, "issue": "npm install hangs behind a corporate proxy and never finishes downloading packages", "resolution": "npm tries to reach the registry directly, so every fetch waits for its timeout.\nTell it about the proxy: `npm config set proxy http://proxy.example.com:8080`.", "category": "npm", "tags": ["npm", "proxy", "network", "install"], "created_at": "2026-11-25T22:48:35.375Z", "updated_at": "2026-11-25T22:48:35.375Z"}
        """#
}

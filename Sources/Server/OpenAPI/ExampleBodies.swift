/// What is sent and what comes back, as a server with the sample knowledge was seen to answer; long texts are shortened.
enum ExampleBodies {
    static let question = #"""
        {"text": "npm install hangs behind a proxy", "top_k": 1}
        """#

    static let answer = #"""
        {
          "query": "npm install hangs behind a proxy",
          "results": [
            {
              "id": "235",
              "version": 1,
              "issue": "npm install hangs behind a corporate proxy and never finishes downloading packages",
              "resolution": "npm tries to reach the registry directly, so every fetch waits for its timeout.\nTell it about the proxy: `npm config set proxy http://proxy.example.com:8080`.",
              "category": "npm",
              "tags": ["npm", "proxy", "network", "install"],
              "similarity_score": 0.915,
              "confidence": "high",
              "score_basis": "cosine"
            }
          ],
          "response": "npm tries to reach the registry directly, so every fetch waits for its timeout.\nTell it about the proxy: `npm config set proxy http://proxy.example.com:8080`.",
          "similarity_score": 0.915,
          "search_time_ms": 1.179,
          "routing_info": {
            "tier_used": "warm_cache",
            "match": "exact",
            "reason": "High quality results: 0.92",
            "placed_in": "hot_memory",
            "access_count": 2,
            "coalesced": false,
            "degraded": [],
            "total_items_searched": 322,
            "vector_store": "SQLite",
            "embeddings": "all-MiniLM-L6-v2",
            "performance_tier_hit_rates": {"hot_memory": 0, "warm_cache": 50, "cold_storage": 50}
          },
          "metadata": {
            "timestamp": "2026-11-25T22:48:37.687Z",
            "total_queries_processed": 2,
            "system_performance": "optimal",
            "architecture": "Hot/Warm/Cold tiered knowledge cache",
            "knowledge_version": 322
          }
        }
        """#

    static let feedback = #"""
        {"query": "npm install hangs behind a proxy", "item_id": "235", "helpful": true}
        """#

    static let itemRequest = #"""
        {
          "issue": "npm install hangs behind a corporate proxy and never finishes downloading packages",
          "resolution": "npm tries to reach the registry directly, so every fetch waits for its timeout.\nTell it about the proxy: `npm config set proxy http://proxy.example.com:8080`.",
          "category": "npm",
          "tags": ["npm", "proxy", "network", "install"]
        }
        """#

    static let itemChange = #"""
        {"tags": ["npm", "proxy"]}
        """#

    static let itemStored = #"""
        {
          "id": "235",
          "version": 1,
          "message": "Knowledge item added",
          "item": {
            "issue": "npm install hangs behind a corporate proxy and never finishes downloading packages",
            "category": "npm",
            "tags": ["npm", "proxy", "network", "install"]
          },
          "storage_info": {"stored_in": "cold_storage", "vector_store": "SQLite", "knowledge_version": 235}
        }
        """#

    static let item = #"""
        {
          "id": "235",
          "version": 1,
          "issue": "npm install hangs behind a corporate proxy and never finishes downloading packages",
          "resolution": "npm tries to reach the registry directly, so every fetch waits for its timeout.\nTell it about the proxy: `npm config set proxy http://proxy.example.com:8080`.",
          "category": "npm",
          "tags": ["npm", "proxy", "network", "install"],
          "created_at": "2026-11-25T22:48:35.375Z",
          "updated_at": "2026-11-25T22:48:35.375Z",
          "quality": 0
        }
        """#
}

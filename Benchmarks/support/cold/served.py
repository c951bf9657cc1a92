"""Our server as one more that is asked over HTTP: a store imported from the texts, searched past every cache."""

import http.client
import itertools
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import psutil

from measured_server import MeasuredServer
from peer import Peer, tree_bytes
from truth import K

# Importing embeds every text: two minutes for so many.
LARGEST = 100_000


class Thermocline(Peer):
    """The vectors in the store are those that the server made itself of the same texts."""

    modules = ("psutil",)
    largest = LARGEST
    server = None

    def build(self, base, folder):
        texts = os.path.join(folder, "texts.ndjson")
        self.rows = {}
        with open(self.texts) as file, open(texts, "w") as chosen:
            for row, line in enumerate(itertools.islice(file, len(base))):
                self.rows[json.loads(line)["issue"]] = row
                chosen.write(line)
        self.server = MeasuredServer(redis=False)
        self.server.run("import", texts)
        self.server.start()

    def asker(self, setting, threads):
        def make():
            connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
            path, headers = f"/api/v1/tiers/cold/search?top_k={K}", {"content-type": "application/octet-stream"}

            def ask(query):
                connection.request("POST", path, query.tobytes(), headers)
                reply = connection.getresponse()
                body = reply.read()
                if reply.status != 200:
                    raise RuntimeError(f"{reply.status}: {body[:200]}")
                return [self.rows[result["issue"]] for result in json.loads(body)["results"]]
            return ask
        return make

    def resident_bytes(self):
        return psutil.Process(self.server.server.pid).memory_info().rss

    def stored_bytes(self, folder):
        return tree_bytes(self.server.environment["DATA_DIR"])

    def close(self):
        if self.server:
            self.server.__exit__()

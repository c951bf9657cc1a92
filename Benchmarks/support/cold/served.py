"""Our server as one more that is asked over HTTP: a store imported from the texts, searched past every cache."""

import itertools
import json
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import numpy as np
import psutil

import load
from measured_server import MeasuredServer
from peer import Peer, tree_bytes
from truth import K

# There are texts for so many.
LARGEST = 100_000
PATH = "/api/v1/tiers/cold/search"


class Thermocline(Peer):
    """The base's vectors, imported with the texts that they were made of; the import checks some of them."""

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
        vectors = os.path.join(folder, "vectors.npy")
        np.save(vectors, base)
        self.server = MeasuredServer(redis=False)
        encoder = re.search(r"encoder (\w{16})", self.server.run("check").stdout).group(1)
        self.server.run("import", texts, "--vectors", vectors, "--vectors-encoder", encoder)
        for path in (texts, vectors):
            os.remove(path)
        self.server.start()

    def settings(self, items):
        return ["floats", "JSON"]

    def request(self, setting, query):
        """Path, media type and body."""
        if setting == "floats":
            return f"{PATH}?top_k={K}", "application/octet-stream", query.tobytes()
        # Of floats no score is asked either.
        asked = {"vector": query.tolist(), "top_k": K, "min_score": 0}
        return PATH, "application/json", json.dumps(asked).encode()

    def asker(self, setting, threads):
        def make():
            ask = load.asker(self, setting)
            return lambda query: self.found(ask(query))
        return make

    def found(self, reply):
        return [self.rows[result["issue"]] for result in reply["results"]]

    @property
    def port(self):
        return self.server.port

    def resident_bytes(self):
        return psutil.Process(self.server.server.pid).memory_info().rss

    def stored_bytes(self, folder):
        return tree_bytes(self.server.environment["DATA_DIR"])

    def close(self):
        if self.server:
            self.server.__exit__()

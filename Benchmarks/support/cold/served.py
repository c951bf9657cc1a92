"""Our server as one more that is asked over HTTP: a store imported from the texts, searched past every cache."""

import http.client
import itertools
import json
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import numpy as np
import psutil

from measured_server import MeasuredServer
from peer import Peer, tree_bytes
from truth import K

# There are texts for so many.
LARGEST = 100_000


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

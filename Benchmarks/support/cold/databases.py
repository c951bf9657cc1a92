"""Stores with an index in them: sqlite-vec, and Chroma in process and as a server."""

import itertools
import json
import os
import socket
import subprocess
import sys
import time

from peer import Peer, int8_codes, parts
from truth import K

# More than any of the databases has: SQLite reads its file through the page cache alone.
MAPPED_BYTES = 16 << 30


class SqliteVec(Peer):
    """Through apsw: Python's own sqlite3 is often built without loadable extensions."""

    modules = ("apsw", "sqlite_vec")
    table = "e float[{0}]"
    values = ["?"]
    question = "select rowid from v where e match ? and k = {k} order by distance"

    def build(self, base, folder):
        self.path = os.path.join(folder, "vec.sqlite")
        database = self.connect()
        database.execute(f"create virtual table v using vec0({self.table.format(base.shape[1])})")
        insert = f"insert into v values (?, {', '.join(self.values)})"
        with database:
            for start, part in parts(base):
                database.executemany(
                    insert,
                    ((start + row, *[self.blob(vector)] * len(self.values)) for row, vector in enumerate(part)))
        database.close()

    def connect(self):
        import apsw
        import sqlite_vec
        database = apsw.Connection(self.path)
        database.enable_load_extension(True)
        database.load_extension(sqlite_vec.loadable_path())
        database.execute(f"pragma mmap_size = {MAPPED_BYTES}")
        return database

    def asker(self, setting, threads):
        statement = self.question.format(k=K, candidates=setting)
        marks = statement.count("?")

        def make():
            database = self.connect()
            return lambda query: [row[0] for row in database.execute(statement, [self.blob(query)] * marks)]
        return make

    def blob(self, vector):
        return vector.tobytes()


class SqliteVecInt8(SqliteVec):
    """Codes by each vector's largest magnitude: its own `vec_quantize_int8` spreads them over -1…1 and finds less."""

    table = "e int8[{0}] distance_metric=cosine"
    values = ["vec_int8(?)"]
    question = "select rowid from v where e match vec_int8(?) and k = {k} order by distance"

    def blob(self, vector):
        return int8_codes(vector).tobytes()


class SqliteVecBits(SqliteVec):
    """Signs first, then the cosines of so many candidates."""

    largest = 100_000
    table = "b bit[{0}], e float[{0}]"
    values = ["vec_quantize_binary(?)", "?"]
    question = (
        "select rowid from (select rowid, e from v where b match vec_quantize_binary(?) and k = {candidates}) "
        "order by vec_distance_cosine(e, ?) limit {k}")

    def settings(self, items):
        return ["100", "500"]


class Chroma(Peer):
    modules = ("chromadb",)
    largest = 100_000

    def client(self, folder):
        import chromadb
        return chromadb.PersistentClient(folder, chromadb.Settings(anonymized_telemetry=False))

    def build(self, base, folder):
        self.made = self.client(folder)
        self.collection = self.collected("base", base)

    def collected(self, name, base, texts=None, **index):
        """A collection of the base, with the items' texts where these are given."""
        collection = self.made.create_collection(
            name, embedding_function=None, configuration={"hnsw": {"space": "cosine", **index}})
        size = min(5_000, self.made.get_max_batch_size())
        for start, part in parts(base):
            for row in range(0, len(part), size):
                rows = part[row:row + size]
                items = texts and texts[start + row:start + row + len(rows)]
                collection.add(
                    ids=[str(start + row + number) for number in range(len(rows))], embeddings=rows,
                    documents=items and [item["issue"] for item in items],
                    metadatas=items and [{k: item[k] for k in ("resolution", "category")} for item in items])
        return collection

    def asker(self, setting, threads):
        def ask(query):
            found = self.collection.query(query_embeddings=[query], n_results=K, include=["distances"])
            return [int(item) for item in found["ids"][0]]
        return lambda: ask


class ChromaServer(Chroma):
    server = None

    def client(self, folder):
        import chromadb
        import psutil
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        program = os.path.join(os.path.dirname(sys.executable), "chroma")
        self.server = subprocess.Popen(
            [program, "run", "--path", folder, "--host", "127.0.0.1", "--port", str(self.port)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.watched = psutil.Process(self.server.pid)
        for _ in range(300):
            try:
                return chromadb.HttpClient(
                    "127.0.0.1", self.port, settings=chromadb.Settings(anonymized_telemetry=False))
            except Exception:
                if self.server.poll() is not None:
                    raise
                time.sleep(0.1)
        raise RuntimeError("the Chroma server did not answer within 30 s")

    def request(self, setting, query):
        """Path, media type and body, as its own client has them."""
        return self.question(self.collection, query, ["distances"])

    def question(self, collection, query, include):
        path = "/api/v2/tenants/default_tenant/databases/default_database/collections/" + str(collection.id)
        asked = {"query_embeddings": [query.tolist()], "n_results": K, "include": include}
        return path + "/query", "application/json", json.dumps(asked).encode()

    def resident_bytes(self):
        return sum(each.memory_info().rss for each in [self.watched, *self.watched.children(recursive=True)])

    def close(self):
        if self.server:
            self.server.terminate()
            self.server.wait()


class ChromaServerOfItems(ChromaServer):
    """With the items' texts, which its client asks for unless told otherwise; and once more set to find as much as we do."""

    # Candidates of a search. Of the ten best of 100,000 its own 100 find .976, 1,000 .997, 2,000 and 2,500 .9989; ours .9990.
    EQUAL_RECALL = 2_500
    ITEMS = ["metadatas", "documents", "distances"]

    def build(self, base, folder):
        with open(self.texts) as file:
            texts = [json.loads(line) for line in itertools.islice(file, len(base))]
        self.made = self.client(folder)
        self.standard = self.collected("standard", base, texts)
        self.thorough = self.collected("thorough", base, texts, ef_search=self.EQUAL_RECALL)

    def settings(self, items):
        return ["ids", "items", f"items ef {self.EQUAL_RECALL}"]

    def request(self, setting, query):
        collection = self.standard if setting in ("ids", "items") else self.thorough
        return self.question(collection, query, ["distances"] if setting == "ids" else self.ITEMS)

    def found(self, reply):
        return [int(item) for item in reply["ids"][0]]

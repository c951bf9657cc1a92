"""What is measured beside our index: how each peer is built, asked and weighed."""

import os
import socket
import subprocess
import sys
import time

import numpy as np

from truth import K

CHUNK = 50_000
BUILD_THREADS = 2
# More than any of the databases has: SQLite reads its file through the page cache alone.
MAPPED_BYTES = 16 << 30


def parts(base):
    """The base in parts that are each copied out of the mapped file."""
    for start in range(0, len(base), CHUNK):
        yield start, np.array(base[start:start + CHUNK])


def tree_bytes(folder):
    return sum(os.path.getsize(os.path.join(path, name)) for path, _, names in os.walk(folder) for name in names)


def int8_codes(vectors):
    return np.rint(vectors * (127 / np.abs(vectors).max(axis=-1, keepdims=True))).astype(np.int8)


class Peer:
    # Imported before memory is weighed.
    modules = ()
    # More items than this would take too long to build.
    largest = 1_000_000
    # Whether a second thread can help to answer one question.
    splits_a_question = False

    def settings(self, items):
        return [""]

    def resident_bytes(self):
        """Memory held where that is another program's; `None` for this one's."""

    def stored_bytes(self, folder):
        return tree_bytes(folder)

    def close(self):
        pass


class Faiss(Peer):
    modules = ("faiss",)
    factory = None
    training = 50_000

    def build(self, base, folder):
        import faiss
        self.faiss = faiss
        faiss.omp_set_num_threads(BUILD_THREADS)
        self.index = faiss.index_factory(base.shape[1], self.factory, faiss.METRIC_INNER_PRODUCT)
        self.prepare()
        if not self.index.is_trained:
            self.index.train(np.array(base[:: max(1, len(base) // self.training)]))
        for _, part in parts(base):
            self.index.add(part)
        faiss.write_index(self.index, os.path.join(folder, "index.faiss"))

    def prepare(self):
        pass

    def asker(self, setting, threads):
        self.set(setting)

        def make():
            self.faiss.omp_set_num_threads(threads)
            return lambda query: self.index.search(query[None], K)[1][0]
        return make

    def set(self, setting):
        pass


class FaissFlat(Faiss):
    factory = "Flat"


class FaissSQ8(Faiss):
    factory = "SQ8"
    splits_a_question = True


class FaissPQ(Faiss):
    factory = "PQ192x4fs,RFlat"

    def settings(self, items):
        return ["50", "100", "200", "500"] if items > 1_000 else ["100"]

    def set(self, setting):
        self.index.k_factor = int(setting) / K


class FaissHNSW(Faiss):
    factory = "HNSW32,Flat"

    def settings(self, items):
        return ["ef 64", "ef 256"]

    def prepare(self):
        self.index.hnsw.efConstruction = 40

    def set(self, setting):
        self.index.hnsw.efSearch = int(setting.split()[1])


class UsearchExact(Peer):
    modules = ("usearch.index",)
    splits_a_question = True
    type = np.float32

    def build(self, base, folder):
        from usearch.index import MetricKind, search
        self.search, self.metric = search, MetricKind.IP
        self.vectors = np.empty(base.shape, self.type)
        for start, part in parts(base):
            self.vectors[start:start + len(part)] = self.convert(part)
        np.save(os.path.join(folder, "vectors.npy"), self.vectors)

    def convert(self, vectors):
        return vectors

    def asker(self, setting, threads):
        def ask(query):
            return self.search(
                self.vectors, self.convert(query), K, self.metric, exact=True, threads=threads).keys
        return lambda: ask


class UsearchExactI8(UsearchExact):
    type = np.int8

    def convert(self, vectors):
        return int8_codes(vectors)

    def build(self, base, folder):
        super().build(base, folder)
        from usearch.index import MetricKind
        self.metric = MetricKind.Cos


class UsearchHNSW(Peer):
    modules = ("usearch.index",)
    largest = 100_000

    def build(self, base, folder):
        from usearch.index import Index
        self.index = Index(ndim=base.shape[1], metric="cos", dtype="f32")
        for start, part in parts(base):
            self.index.add(np.arange(start, start + len(part)), part, threads=BUILD_THREADS)
        self.index.save(os.path.join(folder, "index.usearch"))

    def settings(self, items):
        return ["ef 64", "ef 256"]

    def asker(self, setting, threads):
        self.index.expansion_search = int(setting.split()[1])
        return lambda: lambda query: self.index.search(query, K, threads=1).keys


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


class Numpy(Peer):
    modules = ("threadpoolctl",)
    splits_a_question = True

    def build(self, base, folder):
        self.vectors = np.empty(base.shape, np.float32)
        for start, part in parts(base):
            self.vectors[start:start + len(part)] = part
        np.save(os.path.join(folder, "vectors.npy"), self.vectors)

    def asker(self, setting, threads):
        from threadpoolctl import threadpool_limits
        threadpool_limits(threads)

        def ask(query):
            scores = self.vectors @ query
            best = np.argpartition(scores, -K)[-K:]
            return best[np.argsort(-scores[best])]
        return lambda: ask


class Chroma(Peer):
    modules = ("chromadb",)
    largest = 100_000

    def client(self, folder):
        import chromadb
        return chromadb.PersistentClient(folder, chromadb.Settings(anonymized_telemetry=False))

    def build(self, base, folder):
        self.made = self.client(folder)
        self.collection = self.made.create_collection(
            "base", embedding_function=None, metadata={"hnsw:space": "cosine"})
        size = min(5_000, self.made.get_max_batch_size())
        for start, part in parts(base):
            for row in range(0, len(part), size):
                rows = part[row:row + size]
                self.collection.add(
                    ids=[str(start + row + number) for number in range(len(rows))], embeddings=rows)

    def asker(self, setting, threads):
        def ask(query):
            found = self.collection.query(query_embeddings=[query], n_results=K, include=["distances"])
            return [int(item) for item in found["ids"][0]]
        return lambda: ask


class ChromaServer(Chroma):
    def client(self, folder):
        import chromadb
        import psutil
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        program = os.path.join(os.path.dirname(sys.executable), "chroma")
        self.server = subprocess.Popen(
            [program, "run", "--path", folder, "--host", "127.0.0.1", "--port", str(port)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.watched = psutil.Process(self.server.pid)
        for _ in range(300):
            try:
                return chromadb.HttpClient(
                    "127.0.0.1", port, settings=chromadb.Settings(anonymized_telemetry=False))
            except Exception:
                if self.server.poll() is not None:
                    raise
                time.sleep(0.1)
        raise RuntimeError("the Chroma server did not answer within 30 s")

    def resident_bytes(self):
        return sum(each.memory_info().rss for each in [self.watched, *self.watched.children(recursive=True)])

    def close(self):
        self.server.terminate()
        self.server.wait()

"""Indexes that live in the memory of the program: faiss, usearch, and numpy without any."""

import os

import numpy as np

from peer import BUILD_THREADS, Peer, int8_codes, parts
from truth import K


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

"""Who is measured, in this order, each in a process of its own."""

from databases import Chroma, ChromaServer, SqliteVec, SqliteVecBits, SqliteVecInt8
from libraries import (
    FaissFlat, FaissHNSW, FaissPQ, FaissSQ8, Numpy, UsearchExact, UsearchExactI8, UsearchHNSW)
from served import Thermocline

PEERS = {
    "faiss flat": FaissFlat,
    "faiss SQ8": FaissSQ8,
    "faiss PQ192x4fs + refine": FaissPQ,
    "faiss HNSW M32": FaissHNSW,
    "usearch exact f32": UsearchExact,
    "usearch exact i8": UsearchExactI8,
    "usearch HNSW": UsearchHNSW,
    "sqlite-vec float": SqliteVec,
    "sqlite-vec int8": SqliteVecInt8,
    "sqlite-vec bits + rerank": SqliteVecBits,
    "chroma in process": Chroma,
    "chroma server": ChromaServer,
    "thermocline server": Thermocline,
    "numpy": Numpy,
}

# Measured by the program ColdBench: our index itself, and what a store's file gives back, which needs texts.
OURS = [("thermocline", 1_000_000), ("thermocline file", 100_000)]

# Both servers beside each other; measured by turns.py.
TURNS = ("servers in turns", min(ChromaServer.largest, Thermocline.largest))

if __name__ == "__main__":
    for ours in OURS:
        print(*ours, sep="\t")
    for name, peer in PEERS.items():
        print(name, peer.largest, sep="\t")
    print(*TURNS, sep="\t")

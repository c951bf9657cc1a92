"""The two servers beside each other on one base, asked in turns: what else the machine does hits both of them.

    turns.py BASE QUERIES

Prints a JSON line for each server and form of its questions: medians of the rounds.
"""

import json
import os
import statistics
import sys
import tempfile

import numpy as np

import load
from databases import ChromaServer
from peers import THREADS, rate
from served import Thermocline

ROUNDS = 5
SECONDS = 2


def measure(base_path, queries_path, folder):
    base, queries = np.load(base_path, mmap_mode="r"), np.load(queries_path)
    chroma, ours = ChromaServer(), Thermocline()
    ours.texts = os.path.join(os.path.dirname(os.path.abspath(queries_path)), "texts.ndjson")
    peers = {"chroma server": chroma, "thermocline server": ours}
    try:
        for name, peer in peers.items():
            os.mkdir(os.path.join(folder, name))
            peer.build(base, os.path.join(folder, name))
        sides = [(f"{name} {setting}".strip(), peer, setting)
                 for name, peer in peers.items() for setting in peer.settings(len(base))]
        rates = {}
        for _ in range(ROUNDS):
            for askers in THREADS:
                for who, peer, setting in sides:
                    found = load.by_wrk(peer, setting, queries, askers, SECONDS, folder)
                    rates.setdefault((who, "wrk", askers), []).append(found)
                for who, peer, setting in sides:
                    found = rate(lambda: load.asker(peer, setting), queries, askers, SECONDS)
                    rates.setdefault((who, "http.client", askers), []).append(found)
    finally:
        for peer in peers.values():
            peer.close()
    for (who, client, askers), found in rates.items():
        print(json.dumps({
            "served_by": who, "client": client, "items": len(base), "askers": askers,
            "per_second": statistics.median(found)}))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="turns-", dir=os.path.dirname(sys.argv[2])) as folder:
        measure(*sys.argv[1:], folder)

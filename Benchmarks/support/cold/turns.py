"""The two servers beside each other on one base, asked in turns: what else the machine does hits both of them.

    turns.py BASE QUERIES TRUTH

Prints a JSON line for each server and form of its questions: medians of the rounds, and the recall of its answers.
"""

import json
import os
import statistics
import sys
import tempfile

import numpy as np

import load
from databases import ChromaServerOfItems
from peers import rate
from served import Thermocline
from truth import recalls

ROUNDS = 5
SECONDS = 2
# More than two askers keep a server busy while replies are on their way; Python's own threads do not.
ASKERS = {"wrk": (1, 2, 8), "http.client": (1, 2)}


def measure(base_path, queries_path, truth_path, folder):
    base, queries = np.load(base_path, mmap_mode="r"), np.load(queries_path)
    bounds = np.load(truth_path)
    chroma, ours = ChromaServerOfItems(), Thermocline()
    chroma.texts = ours.texts = os.path.join(os.path.dirname(os.path.abspath(queries_path)), "texts.ndjson")
    peers = {"chroma server": chroma, "thermocline server": ours}
    try:
        for name, peer in peers.items():
            os.mkdir(os.path.join(folder, name))
            peer.build(base, os.path.join(folder, name))
        sides = [(f"{name} {setting}".strip(), peer, setting)
                 for name, peer in peers.items() for setting in peer.settings(len(base))]
        recall = {}
        for who, peer, setting in sides:
            ask = load.asker(peer, setting)
            recall[who], _ = recalls(base, queries, bounds, [peer.found(ask(query)) for query in queries])
        rates = {}
        for _ in range(ROUNDS):
            for client, counts in ASKERS.items():
                for askers in counts:
                    for who, peer, setting in sides:
                        if client == "wrk":
                            found = load.by_wrk(peer, setting, queries, askers, SECONDS, folder)
                        else:
                            found = rate(lambda: load.asker(peer, setting), queries, askers, SECONDS)
                        rates.setdefault((who, client, askers), []).append(found)
    finally:
        for peer in peers.values():
            peer.close()
    for (who, client, askers), found in rates.items():
        print(json.dumps({
            "served_by": who, "client": client, "items": len(base), "askers": askers,
            "recall": recall[who], "per_second": statistics.median(found)}))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="turns-", dir=os.path.dirname(sys.argv[2])) as folder:
        measure(*sys.argv[1:], folder)

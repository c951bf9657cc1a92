"""One peer on one base: builds its index, asks it, and prints a JSON line for each of its settings and thread counts.

    peers.py NAME BASE QUERIES TRUTH
"""

import gc
import importlib
import json
import os
import sys
import tempfile
import threading
import time

# Threads are asked for by each measurement; what a library would start by itself is not wanted.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np

from sides import PEERS
from truth import recalls

WARMING_QUESTIONS = 30
# One setting's latencies are taken over all questions, or as many as fit into this.
LATENCY_SECONDS = 10
LEAST_QUESTIONS = 100
RATE_SECONDS = 3
THREADS = (1, 2)


def resident_bytes():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) * 1024


def latencies(ask, queries):
    """Milliseconds of each question asked alone, and the answers."""
    for query in queries[-WARMING_QUESTIONS:]:
        ask(query)
    taken, answers, began = [], [], time.perf_counter()
    for query in queries:
        start = time.perf_counter_ns()
        answer = ask(query)
        taken.append((time.perf_counter_ns() - start) / 1e6)
        answers.append(answer)
        if len(taken) >= LEAST_QUESTIONS and time.perf_counter() - began > LATENCY_SECONDS:
            break
    return np.array(taken), answers


def rate(make_ask, queries, askers, seconds=RATE_SECONDS):
    """Questions a second answered to so many askers at a time, each of which waits for its answer."""
    counts = [0] * askers
    barrier = threading.Barrier(askers + 1)
    end = [0.0]

    def work(number):
        ask = make_ask()
        ask(queries[0])
        barrier.wait()
        barrier.wait()
        place = number
        while time.perf_counter() < end[0]:
            ask(queries[place % len(queries)])
            counts[number] += 1
            place += askers

    workers = [threading.Thread(target=work, args=(number,)) for number in range(askers)]
    for worker in workers:
        worker.start()
    barrier.wait()
    start = time.perf_counter()
    end[0] = start + seconds
    barrier.wait()
    for worker in workers:
        worker.join()
    return sum(counts) / (time.perf_counter() - start)


def measure(name, base_path, queries_path, truth_path, folder):
    base = np.load(base_path, mmap_mode="r")
    items = len(base)
    queries = np.load(queries_path)
    bounds = np.load(truth_path)
    peer = PEERS[name]()
    peer.texts = os.path.join(os.path.dirname(os.path.abspath(queries_path)), "texts.ndjson")
    for module in peer.modules:
        importlib.import_module(module)
    before = resident_bytes()
    start = time.perf_counter()
    try:
        peer.build(base, folder)
        built = time.perf_counter() - start
        del base
        gc.collect()
        lines = ask_all(peer, name, items, queries)
        resident = peer.resident_bytes() or resident_bytes() - before
        stored = peer.stored_bytes(folder)
    finally:
        peer.close()
    base = np.load(base_path, mmap_mode="r")
    for line in lines:
        if "answers" in line:
            line["recall"], line["recall_rounded"] = recalls(base, queries, bounds, line.pop("answers"))
        line |= {
            "resident_bytes_per_vector": resident / items, "disk_bytes_per_vector": stored / items, "build_s": built}
        print(json.dumps(line), flush=True)


def ask_all(peer, name, items, queries):
    """A line for each setting and number of threads."""
    lines = []
    for setting in peer.settings(items):
        for threads in THREADS:
            line = {"who": f"{name} {setting}".strip(), "family": name, "items": items, "threads": threads}
            # A peer that cannot put a second thread to a lone question is not asked one with it.
            if threads == 1 or peer.splits_a_question:
                taken, answers = latencies(peer.asker(setting, threads)(), queries)
                line |= {
                    "asked": len(taken), "p50_ms": float(np.median(taken)),
                    "p99_ms": float(np.quantile(taken, 0.99)), "answers": answers}
            line["per_second"] = rate(peer.asker(setting, 1), queries, threads)
            lines.append(line)
    return lines


if __name__ == "__main__":
    # Beside the data, not in /tmp: that may be memory.
    with tempfile.TemporaryDirectory(prefix="measured-", dir=os.path.dirname(sys.argv[2])) as folder:
        measure(*sys.argv[1:], folder)

"""One peer on one base: builds its index, asks it, and prints a JSON line for each of its settings and thread counts.

    peers.py NAME BASE QUERIES TRUTH FOLDER
"""

import gc
import importlib
import json
import os
import sys
import threading
import time

# Threads are asked for by each measurement; what a library would start by itself is not wanted.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np

from contenders import CONTENDERS
from truth import K, recall

WARMING_QUESTIONS = 30
# One setting's latencies are taken over all questions, or as many as fit into this.
LATENCY_SECONDS = 10
LEAST_QUESTIONS = 100
RATE_SECONDS = 3
THREADS = (1, 2)


def resident_bytes():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) * 1024


def folder_bytes(folder):
    return sum(os.path.getsize(os.path.join(path, name)) for path, _, names in os.walk(folder) for name in names)


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


def rate(make_ask, queries, askers):
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
    end[0] = start + RATE_SECONDS
    barrier.wait()
    for worker in workers:
        worker.join()
    return sum(counts) / (time.perf_counter() - start)


def measure(name, base_path, queries_path, truth_path, folder):
    base = np.load(base_path, mmap_mode="r")
    items = len(base)
    queries = np.load(queries_path)
    bounds = np.load(truth_path)
    peer = CONTENDERS[name]()
    for module in peer.modules:
        importlib.import_module(module)
    before = resident_bytes()
    start = time.perf_counter()
    peer.build(base, folder)
    built = time.perf_counter() - start
    del base
    gc.collect()
    lines = []
    for setting in peer.settings(items):
        for threads in THREADS:
            make_ask = peer.asker(setting, threads)
            line = {"who": f"{name} {setting}".strip(), "family": name, "items": items, "threads": threads}
            # A peer that cannot put a second thread to a lone question is not asked one with it.
            if make_ask and (threads == 1 or peer.splits_a_question):
                taken, answers = latencies(make_ask(), queries)
                line |= {
                    "asked": len(taken), "p50_ms": float(np.median(taken)),
                    "p99_ms": float(np.quantile(taken, 0.99)), "answers": answers}
            line["per_second"] = rate(peer.asker(setting, 1), queries, threads)
            lines.append(line)
    resident = peer.resident_bytes() if hasattr(peer, "resident_bytes") else resident_bytes() - before
    stored = peer.stored_bytes(folder) if hasattr(peer, "stored_bytes") else folder_bytes(folder)
    peer.close()
    base = np.load(base_path, mmap_mode="r")
    for line in lines:
        if "answers" in line:
            answers = line.pop("answers")
            line["recall"] = recall(base, queries, bounds, [list(answer)[:K] for answer in answers])
        line |= {
            "resident_bytes_per_vector": resident / items,
            "disk_bytes_per_vector": stored / items if stored else None, "build_s": built}
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    measure(*sys.argv[1:])

"""The exact answers that every side's recall is held against, and recall itself."""

import os
import sys

import numpy as np

K = 10
# A result counts when it is as similar as the tenth best, to within what f32 sums differ by: fair to ties.
TOLERANCE = 1e-6
# Our index ranks by similarity rounded to this many decimals, then by id, as its replies show it: so recall is told
# by rounded similarities too.
DECIMALS = 4
BLOCK_ROWS = 50_000


def tenth_best(base, queries):
    """The ids and the similarities of each question's ten best, by f32 products of the whole base."""
    ids = np.zeros((len(queries), 0), np.int64)
    scores = np.zeros((len(queries), 0), np.float32)
    for start in range(0, len(base), BLOCK_ROWS):
        products = queries @ np.asarray(base[start:start + BLOCK_ROWS]).T
        best = np.argpartition(products, -min(K, products.shape[1]), axis=1)[:, -K:]
        ids = np.hstack([ids, best + start])
        scores = np.hstack([scores, np.take_along_axis(products, best, axis=1)])
        kept = np.argsort(-scores, axis=1, kind="stable")[:, :K]
        ids, scores = np.take_along_axis(ids, kept, axis=1), np.take_along_axis(scores, kept, axis=1)
    return ids, scores


def recalls(base, queries, bounds, answers):
    """The mean share of ten that are as similar as the tenth best, and that when both are rounded; `answers` are the
    ids given to the first questions."""
    found, rounded = 0, 0
    for query, bound, ids in zip(queries, bounds, answers):
        rows = sorted({int(item) for item in ids if item >= 0})[:K]
        similar = np.asarray(base[rows], np.float64) @ query.astype(np.float64)
        found += int((similar >= bound - TOLERANCE).sum())
        rounded += int((np.round(similar, DECIMALS) >= np.round(np.float64(bound) - TOLERANCE, DECIMALS)).sum())
    return found / (K * len(answers)), rounded / (K * len(answers))


def main(base, queries, out):
    ids, scores = tenth_best(np.load(base, mmap_mode="r"), np.load(queries))
    np.save(out.replace("truth_", "truth_ids_"), ids)
    np.save(out + ".part.npy", scores[:, K - 1].copy())
    os.replace(out + ".part.npy", out)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Makes what all sides are measured on, once: base vectors, their texts, and the questions' vectors."""

import argparse
import json
import os
import sys

import numpy as np

import texts
from embed import TextEncoder

# Enlarging: copy c of a base vector is the vector plus normal noise of this expected length, made unit length
# again; the noise of copy c comes from PCG64 seeded with (SEED, c). A copy's cosine to its original is about .944,
# like that of two wordings of one thing.
NOISE_LENGTH = 0.35
SEED = 20_240


def enlarged(base, items):
    """Yields the base, then perturbed copies of it, `items` rows in all."""
    yield base[:items]
    made, copy = len(base), 1
    while made < items:
        generator = np.random.Generator(np.random.PCG64([SEED, copy]))
        noise = generator.standard_normal(base.shape, dtype=np.float32)
        part = base + noise * np.float32(NOISE_LENGTH / np.sqrt(base.shape[1]))
        part /= np.linalg.norm(part, axis=1, keepdims=True)
        yield part[:items - made]
        made, copy = made + len(base), copy + 1


def write_enlarged(base, items, path):
    out = np.lib.format.open_memmap(path + ".part.npy", "w+", np.float32, (items, base.shape[1]))
    row = 0
    for part in enlarged(base, items):
        out[row:row + len(part)] = part
        row += len(part)
    out.flush()
    os.replace(path + ".part.npy", path)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("models")
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=1_000)
    given = parser.parse_args()
    base, asked = texts.collect(given.folder, given.items, given.questions)
    encoder = TextEncoder(given.models)
    print(f"cold: embedding {len(asked):,} questions and {len(base):,} passages", flush=True)

    def place(name):
        return os.path.join(given.folder, name)

    with open(place("queries.txt"), "w") as file:
        file.writelines(text + "\n" for text in asked)
    with open(place("texts.ndjson"), "w") as file:
        file.writelines(json.dumps(item, ensure_ascii=False) + "\n" for item in base)
    np.save(place("queries.npy"), encoder.encode(asked))
    vectors = encoder.encode([item["issue"] for item in base])
    # The base last, and whole or not at all: it being there says that all of it is.
    np.save(place("base.part.npy"), vectors)
    os.replace(place("base.part.npy"), place("base.npy"))


if __name__ == "__main__":
    sys.exit(main())

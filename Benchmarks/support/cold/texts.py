"""Real texts to search in: Debian's package descriptions, then the machine's own manual pages, in passages."""

import glob
import gzip
import hashlib
import os
import re
import subprocess

# Packages whose texts are kept out of the base: questions are made of their short descriptions.
HELD_OUT_ONE_IN = 40
# A passage is a paragraph, or as many whole sentences of it as fit into this many words.
MAXIMUM_WORDS = 45
MINIMUM_WORDS = 5
MAXIMUM_CHARACTERS = 400


def order(text):
    """A stated shuffle: by BLAKE2 of the text, so that the same texts come in the same order anywhere."""
    return hashlib.blake2b(text.encode(), digest_size=8).digest()


def held_out(package):
    return int.from_bytes(order("held out " + package), "big") % HELD_OUT_ONE_IN == 0


def fetch_descriptions(folder):
    """apt's English descriptions, in lists of our own: the machine may be told to keep none."""
    lists = os.path.join(folder, "apt")
    if not glob.glob(os.path.join(lists, "*Translation-en*")):
        os.makedirs(os.path.join(lists, "partial"), exist_ok=True)
        print("cold: apt-get update, into", lists, flush=True)
        options = ["Acquire::Languages=en", f"Dir::State::lists={os.path.abspath(lists)}"]
        if os.path.exists("/etc/apt/sources.list.d/debian.sources"):  # and not what else is installed from
            options += ["Dir::Etc::sourcelist=sources.list.d/debian.sources", "Dir::Etc::sourceparts=-"]
        words = [word for option in options for word in ("-o", option)]
        subprocess.run(["apt-get", "update", "-qq", *words], check=True)
    return sorted(glob.glob(os.path.join(lists, "*Translation-en*")))


def descriptions(files):
    """(package, short description, paragraphs) of every package."""
    for file in files:
        text = subprocess.run(
            ["/usr/lib/apt/apt-helper", "cat-file", file], check=True, capture_output=True).stdout.decode()
        for entry in text.split("\n\n"):
            found = re.search(r"^Package: (\S+)\n(?:.*\n)*?Description-en: (.*)\n?((?: .*\n?)*)", entry)
            if found:
                package, short, body = found.groups()
                yield package, short.strip(), re.split(r"^ \.$", body, flags=re.M)


def manual_pages():
    """(page, its title, paragraphs) of every manual page installed, without roff's marks."""
    for file in sorted(glob.glob("/usr/share/man/man[1-8]/*.gz")):
        try:
            with gzip.open(file, "rt", errors="replace") as page:
                text = page.read(200_000)
        except OSError:
            continue
        text = re.sub(r"\\f[BIRP]|\\f\(CW|\\&|\\c$", "", text, flags=re.M).replace(r"\-", "-")
        kept, sections = [], re.split(r'^\.(?:PP|P|LP|TP|SH|SS|IP|Pp|Sh|Ss|It)\b.*$', text, flags=re.M)
        for section in sections[1:]:
            lines = [line for line in section.split("\n") if not line.startswith((".", "'", "\\"))]
            kept.append(" ".join(lines))
        name = os.path.basename(file).removesuffix(".gz")
        yield "man/" + name, name, [part for part in kept if "\\" not in part]


def passages(paragraph):
    words = paragraph.split()
    if len(words) > MAXIMUM_WORDS:
        sentence = []
        for part in re.split(r"(?<=[.!?;:])\s+|\s+(?=[*-]\s)", " ".join(words)):
            part = part.split()
            if sentence and len(sentence) + len(part) > MAXIMUM_WORDS:
                yield sentence
                sentence = []
            sentence = (sentence + part)[:MAXIMUM_WORDS]
        words = sentence
    yield words


def collect(folder, items, questions):
    """`items` distinct passages as importable items and `questions` texts of packages that gave none of them."""
    described = list(descriptions(fetch_descriptions(folder)))
    asked = {short.lower(): short for name, short, _ in described if held_out(name) and len(short.split()) >= 3}
    base = distinct(described, "packages", asked)
    print(f"cold: {len(base):,} passages of {len(described):,} package descriptions", flush=True)
    chosen = sorted(base, key=order)
    if len(base) < items:
        manual = distinct(manual_pages(), "manual", asked)
        chosen += sorted(manual.keys() - base.keys(), key=order)
        base = manual | base
        print(f"cold: {len(base):,} with the manual pages installed here", flush=True)
    if len(base) < items or len(asked) < questions:
        raise SystemExit(f"cold: only {len(base):,} passages and {len(asked):,} questions; ask for fewer --items")
    return [base[key] for key in chosen[:items]], [asked[key] for key in sorted(asked, key=order)[:questions]]


def distinct(entries, source, asked):
    """The passages of all entries that are not held out, by their text in lower case."""
    found = {}
    for name, short, paragraphs in entries:
        if held_out(name):
            continue
        for paragraph in [short, *paragraphs]:
            for words in passages(paragraph):
                text = " ".join(words)
                if len(words) >= MINIMUM_WORDS and len(text) <= MAXIMUM_CHARACTERS and text.lower() not in asked:
                    found.setdefault(text.lower(), {
                        "issue": text, "resolution": f"{name}: {short}", "category": source})
    return found

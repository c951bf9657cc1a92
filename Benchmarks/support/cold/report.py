"""From JSON lines to one table in Markdown and two pictures.

    report.py RESULTS.jsonl FOLDER
"""

import json
import os
import sys

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

# In the picture over sizes a side is shown by its fastest setting that finds this much, or by its best.
GOOD_RECALL = 0.99
OURS = "thermocline"
COLUMNS = [
    "side", "p50 ms", "p99 ms", "p50 ms, 2 threads", "questions/s", "with 2 threads", "eight at once",
    "recall@10", "to 4 decimals", "bytes in memory", "on disk", "build s"]


def read(path):
    """Lines by (items, who), each a dictionary by threads; and the bandwidths."""
    sides, bandwidths = {}, {}
    with open(path) as file:
        for line in map(json.loads, file):
            if "read_gigabytes_a_second" in line:
                bandwidths[line["threads"]] = line["read_gigabytes_a_second"]
            else:
                sides.setdefault((line["items"], line["who"]), {})[line["threads"]] = line
    return sides, bandwidths


def figure(value, digits=3):
    if value is None:
        return "–"
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.{digits}g}"


def row(who, lines):
    one, two = lines[1], lines.get(2, {})
    name = f"**{who}**" if one["family"].startswith(OURS) else who
    return [
        name, figure(one["p50_ms"]), figure(one["p99_ms"]), figure(two.get("p50_ms")), figure(one["per_second"]),
        figure(two.get("per_second")), figure(two.get("batch_per_second")),
        f"{one['recall']:.4f}", f"{one['recall_rounded']:.4f}",
        figure(one["resident_bytes_per_vector"]), figure(one.get("disk_bytes_per_vector")), figure(one["build_s"])]


def table(sides, bandwidths):
    lines = []
    for items in sorted({items for items, _ in sides}, reverse=True):
        lines += [f"## {items:,} items", "", "| " + " | ".join(COLUMNS) + " |",
                  "|---|" + "---:|" * (len(COLUMNS) - 1)]
        lines += ["| " + " | ".join(row(who, each)) + " |" for (size, who), each in sides.items() if size == items]
        lines.append("")
    if bandwidths:
        lines += ["## The first pass and memory", ""]
        lines += [f"Memory is read in order at {rate:.0f} GB/s by {threads} thread{'s' if threads > 1 else ''}."
                  for threads, rate in sorted(bandwidths.items())]
        lines += ["", "| items | first pass, bytes/vector | reading them, ms | p50 ms | ratio |", "|" + "---:|" * 5]
        for (items, _), each in sorted(sides.items()):
            for line in each.values():
                if line.get("first_pass_read_ms") and line.get("p50_ms"):
                    lines.append(
                        f"| {items:,} | {figure(line['first_pass_bytes_per_vector'])} | "
                        f"{figure(line['first_pass_read_ms'])} | {figure(line['p50_ms'])} | "
                        f"{line['p50_ms'] / line['first_pass_read_ms']:.2f} |")
        lines.append("")
    return "\n".join(lines)


def styles(families):
    """A colour and a mark for each side; ours in black and thicker."""
    colours, marks = plt.get_cmap("tab10").colors, "osD^v<>Pphd"
    others = [family for family in families if family != OURS]
    made = {family: {"color": colours[n % 10], "marker": marks[n % len(marks)]} for n, family in enumerate(others)}
    return made | {OURS: {"color": "black", "marker": "*", "markersize": 12, "linewidth": 2.5, "zorder": 5}}


def finish(axes, title, path):
    axes.set_title(title)
    axes.set_ylabel("p50, ms, one question at a time, one thread")
    axes.set_yscale("log")
    axes.grid(True, which="major", alpha=0.3)
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    axes.figure.savefig(path, bbox_inches="tight")
    plt.close(axes.figure)


def pictures(sides, folder):
    one = [each[1] for each in sides.values()]
    families = list(dict.fromkeys(line["family"] for line in one))
    style = styles(families)
    items = max((line["items"] for line in one if line["family"] == "chroma server"), default=one[-1]["items"])
    axes = plt.subplots(figsize=(8, 5))[1]
    for family in families:
        points = sorted((line["recall"], line["p50_ms"]) for line in one
                        if line["family"] == family and line["items"] == items)
        if points:
            axes.plot(*zip(*points), label=family, **style[family])
    axes.set_xlabel("recall@10")
    finish(axes, f"Recall and latency, {items:,} items", os.path.join(folder, "recall.svg"))

    axes = plt.subplots(figsize=(8, 5))[1]
    for family in families:
        best = {}
        for line in (line for line in one if line["family"] == family):
            rank = (min(line["recall"], GOOD_RECALL), -line["p50_ms"])
            best[line["items"]] = max(best.get(line["items"], (rank, line)), (rank, line), key=lambda pair: pair[0])
        points = sorted((size, line["p50_ms"]) for size, (_, line) in best.items())
        axes.plot(*zip(*points), label=family, **style[family])
    axes.set_xscale("log")
    axes.set_xlabel("items")
    finish(axes, f"Latency and size, at recall {GOOD_RECALL} or the best there is", os.path.join(folder, "items.svg"))


if __name__ == "__main__":
    results, folder = sys.argv[1:]
    sides, bandwidths = read(results)
    text = table(sides, bandwidths)
    with open(os.path.join(folder, "table.md"), "w") as file:
        file.write(text)
    if sides:
        pictures(sides, folder)
    print(text)
    print("cold:", ", ".join(os.path.join(folder, name) for name in ("table.md", "recall.svg", "items.svg")))

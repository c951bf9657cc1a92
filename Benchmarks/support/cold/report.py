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
    "side", "p50 ms", "p99 ms", "p50 ms, 2 threads", "questions/s", "with 2 threads",
    "recall@10", "to 4 decimals", "bytes in memory", "on disk", "build s"]


def read(path):
    """Lines by (items, who), each a dictionary by threads; the bandwidths; filtered searches; shrunk files; servers."""
    sides, bandwidths, filtered, shrunk, servers = {}, {}, [], [], {}
    with open(path) as file:
        for line in map(json.loads, file):
            if "read_gigabytes_a_second" in line:
                bandwidths[line["threads"]] = line["read_gigabytes_a_second"]
            elif "filtered_one_in" in line:
                filtered.append(line)
            elif "shrunk_items" in line:
                shrunk.append(line)
            elif "served_by" in line:
                rates = servers.setdefault((line["items"], line["client"], line["served_by"]), {})
                rates[line["askers"]] = line["per_second"]
                rates["recall"] = line["recall"]
            else:
                sides.setdefault((line["items"], line["who"]), {})[line["threads"]] = line
    return sides, bandwidths, filtered, shrunk, servers


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
        figure(two.get("per_second")),
        f"{one['recall']:.4f}", f"{one['recall_rounded']:.4f}",
        figure(one["resident_bytes_per_vector"]), figure(one.get("disk_bytes_per_vector")), figure(one["build_s"])]


def our_table(title, columns, rows):
    if not rows:
        return []
    return [f"## {title}", "", "| " + " | ".join(columns) + " |", "|" + "---:|" * len(columns),
            *("| " + " | ".join(each) + " |" for each in rows), ""]


def over_http(servers):
    """With each rate, how many times that of the first server it is."""
    rows, first = [], {}
    for (items, client, who), rates in servers.items():
        base = first.setdefault((items, client), rates)
        rows.append([
            f"{items:,}", client, who, f"{rates['recall']:.4f}",
            *(f"{figure(rates[askers])} ({rates[askers] / base[askers]:.1f})" if askers in rates else "–"
              for askers in (1, 2, 8))])
    return our_table(
        "Over HTTP, in turns, questions/s",
        ["items", "client", "server", "recall@10", "one asker", "two", "eight"], rows)


def ours(sides, filtered, shrunk):
    """What is measured of our side alone."""
    own = sorted((items, each[2]) for (items, who), each in sides.items() if who == OURS and 2 in each)
    recall = [(items, each[1]) for (items, who), each in sorted(sides.items()) if who == OURS]
    return [
        *our_table(
            "Several askers, questions/s",
            ["items", "two askers", "eight, each for itself", "eight that share", "eight in one call"],
            [[f"{items:,}", figure(line["per_second"]), figure(line["eight_alone_per_second"]),
              figure(line["eight_per_second"]), figure(line["batch_per_second"])] for items, line in own]),
        *our_table(
            "Recall, three ways", ["items", "of the replies' order", "as similar to 4 decimals", "as similar to 10⁻⁶"],
            [[f"{items:,}", f"{line['recall_ranked']:.4f}", f"{line['recall_rounded']:.4f}", f"{line['recall']:.4f}"]
             for items, line in recall]),
        *our_table(
            "Filters", ["items", "one passes of", "p50 ms", "recall@10 of the replies' order"],
            [[f"{line['items']:,}", f"{line['filtered_one_in']:,}", figure(line["p50_ms"]),
              f"{line['recall_ranked']:.4f}"] for line in filtered]),
        *our_table(
            "Every second item deleted",
            ["items", "MB before", "half deleted", "after the background", "after compact", "background s", "compact s",
             "a write meanwhile, p50 ms", "slowest"],
            [[f"{line['shrunk_items']:,}",
              *(figure(line[name] / 1e6) for name in (
                  "file_bytes", "file_bytes_deleted", "file_bytes_shrunk", "file_bytes_compacted")),
              *(figure(line[name]) for name in ("shrink_s", "compact_s", "write_p50_ms", "slowest_write_ms"))]
             for line in shrunk])]


def table(sides, bandwidths, filtered, shrunk, servers):
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
    return "\n".join(lines + over_http(servers) + ours(sides, filtered, shrunk))


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
    sides, *others = read(results)
    text = table(sides, *others)
    with open(os.path.join(folder, "table.md"), "w") as file:
        file.write(text)
    if sides:
        pictures(sides, folder)
    print(text)
    print("cold:", ", ".join(os.path.join(folder, name) for name in ("table.md", "recall.svg", "items.svg")))

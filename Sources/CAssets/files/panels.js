// The lists of the dashboard. Each keeps its nodes and changes what is in them, so that focus and scrolling stay.

import { html, setText } from "/assets/charts.js";
import { drawWay, duration, tierClass } from "/assets/way.js";

const $ = (id) => document.getElementById(id);

/** Keeps as many children as there are items, made by `make`, and lets `fill` write into each. */
function keep(list, items, make, fill) {
  for (const note of list.querySelectorAll(":scope > .note")) note.remove();
  while (list.children.length > items.length) list.lastElementChild.remove();
  items.forEach((item, place) => {
    const node = list.children[place] ?? list.appendChild(make());
    fill(node, item);
  });
}

function note(id, text) {
  const list = $(id);
  const only = list.children.length === 1 && list.querySelector(":scope > .note");
  if (only) return setText(only, text);
  list.replaceChildren(html(list.tagName === "DIV" ? "p" : "li", "note", text));
}

export function showUnavailable(id, text = "Shown to keys with the admin role.") {
  note(id, text);
}

const rules = {
  pinned: ["Pinned by an operator", "hot"],
  access_count: ["Asked very often", "hot"],
  recent_frequent_access: ["Asked often, and lately", "hot"],
  quality: ["Good results, asked twice", "hot"],
  critical_keywords: ["Critical words", "hot"],
  moderate_access: ["Asked some times", "warm"],
  recent_access: ["Asked lately", "warm"],
  common_pattern: ["Common words", "warm"],
  comprehensive_search: ["None of these: kept in cold alone", "cold"],
};

export function showRules(counts) {
  const items = Object.entries(counts);
  const total = items.reduce((sum, [, count]) => sum + count, 0);
  keep($("rules"), items, () => {
    const row = html("li");
    html("span", "name", "", row);
    html("span", "count", "", row);
    html("span", "", undefined, html("span", "track", undefined, row));
    return row;
  }, (row, [rule, count]) => {
    const [name, tier] = rules[rule] ?? [rule, ""];
    row.className = tier;
    setText(row.querySelector(".name"), name);
    setText(row.querySelector(".count"), total ? `${((100 * count) / total).toFixed(1)} %` : "–");
    row.querySelector(".track span").style.width = total ? `${(100 * count) / total}%` : "0";
  });
}

const partNames = { hot_cache: "Hot, in memory", warm_cache: "Warm, Redis", cold_storage: "Cold, SQLite", encoder: "Encoder" };
const words = {
  healthy: "well", degraded: "degraded", unhealthy: "not working", disabled: "switched off", unknown: "unknown",
};

export function showParts(health) {
  const overall = health.overall_status;
  $("overall").dataset.status = overall;
  setText($("overall-text"), { healthy: "All parts well", degraded: "Degraded: slower, still right", unhealthy: "Not working" }[overall] ?? overall);
  keep($("parts"), Object.entries(health.components), () => {
    const row = html("li");
    html("span", "dot", undefined, row).setAttribute("aria-hidden", "true");
    html("span", "name", "", row);
    html("span", "word", "", row);
    html("span", "reason", "", row);
    return row;
  }, (row, [part, found]) => {
    row.dataset.status = found.status;
    setText(row.querySelector(".name"), partNames[part] ?? part);
    const time = found.status === "healthy" ? `, ${duration(found.response_time_ms * 1000)}` : "";
    setText(row.querySelector(".word"), `${words[found.status] ?? found.status}${time}`);
    const coming = found.reembedding ? `Embedding anew: ${found.reembedding.done} of ${found.reembedding.total}` : "";
    setText(row.querySelector(".reason"), found.reason ?? coming);
  });
}

export function showAdvice(advice) {
  const items = [advice.hot, advice.warm].filter((one) => one.advice);
  if (!items.length) return note("advice", "Nothing to change.");
  keep($("advice"), items, () => {
    const block = html("div", "advice");
    html("p", "", "", block);
    html("code", "", "", block);
    return block;
  }, (block, one) => {
    setText(block.querySelector("p"), one.advice);
    const code = block.querySelector("code");
    code.hidden = one.suggested_size === one.capacity;
    setText(code, one.set);
  });
}

export function showTop(top, ask) {
  if (!top.items.length) return note("top", "Hot holds none of your questions yet.");
  keep($("top"), top.items, () => {
    const row = html("li");
    const button = html("button", "", undefined, row);
    button.type = "button";
    html("span", "text", "", button);
    html("span", "figure", "", button);
    button.addEventListener("click", () => ask(button.querySelector(".text").textContent));
    return row;
  }, (row, item) => {
    setText(row.querySelector(".text"), item.question);
    setText(row.querySelector(".figure"), `${item.access_count.toLocaleString()} ×${item.pinned ? " · pinned" : ""}`);
  });
}

export function showSlow(slow) {
  if (!slow.items.length) return note("slow", "No question took a millisecond or longer.");
  keep($("slow"), slow.items, makeSlow, fillSlow);
}

function makeSlow() {
  const row = html("li");
  const button = html("button", "", undefined, row);
  button.type = "button";
  button.setAttribute("aria-expanded", "false");
  html("span", "text", "", button);
  const figure = html("span", "figure", "", button);
  html("span", "pill", "", figure);
  figure.append(" ");
  html("span", "took", "", figure);
  const way = html("ol", "way", undefined, row);
  way.hidden = true;
  button.addEventListener("click", () => {
    way.hidden = !way.hidden;
    button.setAttribute("aria-expanded", String(!way.hidden));
    if (!way.hidden) drawWay(way, row.steps);
  });
  return row;
}

function fillSlow(row, item) {
  const isSame = row.requestID === item.request_id;
  row.requestID = item.request_id;
  row.steps = item.explain;
  setText(row.querySelector(".text"), item.query);
  setText(row.querySelector(".took"), duration(item.search_time_ms * 1000));
  const pill = row.querySelector(".pill");
  pill.className = `pill ${tierClass(item.served_by)}`;
  setText(pill, item.served_by === "miss" ? "no result" : item.served_by);
  const way = row.querySelector(".way");
  if (!way.hidden && !isSame) drawWay(way, item.explain);
}

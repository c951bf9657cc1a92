// The question box: asks with "explain", draws the way, and remembers which tiers answered the same text before.

import { Refusal, call } from "/assets/api.js";
import { html, setText } from "/assets/charts.js";
import { drawWay, duration, tierClass } from "/assets/way.js";

const $ = (id) => document.getElementById(id);
const tierNames = { hot_memory: "hot", warm_cache: "warm", cold_storage: "cold", no_results: "no result" };
const shownResults = 3;
const shownTiers = 8;

/** The tiers that answered each text in this page, the latest last. */
const before = new Map();

export function startAsking(meet, whenAnswered) {
  const form = $("ask-form");
  const button = form.querySelector("button");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = $("ask-text").value.trim();
    if (!text || button.disabled) return;
    button.disabled = true;
    try {
      show(text, await call("/troubleshoot", { text, explain: true }));
      whenAnswered();
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem;
      setText($("ask-summary"), problem.message);
      if (problem.status === 401) meet(problem);
    } finally {
      button.disabled = false;
    }
  });
  const askAgain = (text) => {
    $("ask-text").value = text;
    form.requestSubmit();
    $("ask-text").scrollIntoView({ block: "center", behavior: "auto" });
    $("ask-text").focus({ preventScroll: true });
  };
  new ResizeObserver(() => { if (latest) drawWay($("way"), latest); }).observe($("ask-form"));
  return { askAgain };
}

let latest = null;

function pill(name, parent) {
  return html("span", `pill ${tierClass(name)}`, tierNames[name] ?? name, parent);
}

function show(text, reply) {
  const routing = reply.routing_info;
  const tiers = [...(before.get(text) ?? []), routing.tier_used].slice(-shownTiers);
  before.set(text, tiers);
  const summary = $("ask-summary");
  summary.replaceChildren();
  tiers.forEach((tier, place) => {
    if (place) summary.append(" → ");
    pill(tier, summary);
  });
  summary.append(" in ");
  html("strong", "", duration(reply.search_time_ms * 1000), summary);
  const match = { exact: "kept from the same question", semantic: `kept from “${routing.matched_query}”`, search: "searched afresh" };
  summary.append(`, ${match[routing.match] ?? routing.match}. ${routing.reason}: now kept in `);
  pill(routing.placed_in, summary);
  if (routing.placement_refused) summary.append(` (${routing.placement_refused})`);
  if (routing.degraded.length) summary.append(` Done without: ${routing.degraded.join(", ")}.`);
  $("asked").hidden = false;
  latest = reply.explain;
  setText($("way-total"), `asked ${routing.access_count} ×`);
  drawWay($("way"), reply.explain);
  showAnswer(reply);
}

function showAnswer(reply) {
  const answer = $("answer");
  answer.replaceChildren();
  if (!reply.results.length) html("p", "note", reply.message ?? "Nothing is known about this.", answer);
  reply.results.slice(0, shownResults).forEach((result, place) => {
    // The best is open; of the others the issue says enough.
    const block = html("details", "result", undefined, answer);
    block.open = place === 0;
    html("summary", "", result.issue, block);
    html("p", "", result.resolution, block);
    const score = result.score_basis === "cosine" ? `likeness ${result.similarity_score.toFixed(3)}` : "found by its words";
    html("p", "quiet", `${score} · ${result.category} · item ${result.id}`, block);
  });
  const more = reply.results.length - shownResults;
  if (more > 0) html("p", "note", `and ${more} more`, answer);
}

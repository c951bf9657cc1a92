// The dashboard: asks for figures and lists again and again, and shows them without moving anything about.

import { Refusal, call, key } from "/assets/api.js";
import { Chart, clock, setText } from "/assets/charts.js";
import { showAdvice, showParts, showRules, showSlow, showTop, showUnavailable } from "/assets/panels.js";
import { startAsking } from "/assets/ask.js";
import { duration } from "/assets/way.js";

// Milliseconds. A key may ask so much a minute and no more: of 60 requests, watching takes a third.
const figuresEvery = { free: 2000, withKey: 5000 };
const listsEvery = { free: 10000, withKey: 30000 };
const minute = 60000;
const leastLatencyMinutes = 30;

const $ = (id) => document.getElementById(id);
const outcomes = ["hot", "warm", "cold", "miss"];
const tiers = ["hot", "warm", "cold"];
const forOperators = "Shown to keys with the operator role.";
const lists = ["rules", "parts", "advice", "top", "slow"];
const state = { range: 5, shortest: 5, history: null, minutesAt: 0, pausedUntil: 0, wasRefused: false };

const percent = (share) => `${Number((share * 100).toFixed(1))} %`;
const figure = (number) => (number >= 100 ? Math.round(number).toLocaleString() : String(Number(number.toPrecision(3))));
const milliseconds = (value) => (value >= 1 ? `${figure(value)} ms` : `${figure(value * 1000)} µs`);
const columns = outcomes.map((name) => ({
  name, tier: name, label: { hot: "Hot", warm: "Warm", cold: "Cold", miss: "No result" }[name],
}));
const charts = {
  share: new Chart($("share-chart"), { series: columns, kind: "share", format: percent, name: "Share of questions by tier" }),
  rate: new Chart($("rate-chart"), { series: columns, kind: "columns", format: figure, name: "Questions a second by tier" }),
  latency: new Chart($("latency-chart"), {
    series: [
      ...tiers.map((name) => ({ name: `${name}95`, tier: name, dotted: true })),
      ...tiers.map((name) => ({ ...columns.find((one) => one.name === name) })),
    ],
    kind: "log", format: milliseconds, name: "Median latency by tier",
  }),
};

// What is asked of the server.

async function refreshFigures() {
  const isNewMinute = Date.now() - state.minutesAt > minute;
  const found = await call(`/performance/history?minutes=${isNewMinute ? Math.max(state.range, leastLatencyMinutes) : 1}`);
  const now = Date.parse(found.timestamp);
  if (isNewMinute || !state.history) {
    state.minutesAt = Date.now();
    state.history = found;
  } else {
    // The minute that ended since is in the next whole answer; the last five minutes are always whole.
    const hasNew = found.minutes.ended_at.at(-1) !== state.history.minutes.ended_at.at(-1);
    if (hasNew) state.minutesAt = 0;
    state.history = { ...found, minutes: state.history.minutes };
  }
  showFigures(state.history, now);
}

async function refreshLists() {
  const roles = state.history?.roles ?? [];
  const isAdmin = roles.includes("admin");
  const isOperator = roles.includes("operator");
  const [health, advice, top, slow] = await Promise.all([
    call("/health"),
    isOperator ? call("/tiers/advice") : null,
    isAdmin ? call("/tiers/hot/top?limit=8") : null,
    isAdmin ? call("/performance/slow?limit=8") : null,
  ]);
  showParts(health);
  if (advice) showAdvice(advice);
  else showUnavailable("advice", forOperators);
  if (top) showTop(top, (text) => asking.askAgain(text));
  else showUnavailable("top");
  if (slow) showSlow(slow);
  else showUnavailable("slow");
}

// What is shown of it.

function showFigures(history, now) {
  const recent = history.recent;
  // What is sent reaches a little further back, for whole columns.
  const steps = Math.min(recent.hot.length, (state.shortest * 60) / recent.step_seconds);
  const sum = (name, last = steps) => recent[name].slice(-last).reduce((total, count) => total + count, 0);
  const asked = outcomes.reduce((total, name) => total + sum(name), 0);
  for (const name of tiers) showTier(name, history.tiers[name], asked ? sum(name) / asked : null);
  const lastSteps = Math.min(5, steps);
  const lately = outcomes.reduce((total, name) => total + sum(name, lastSteps), 0);
  setText($("rate"), lastSteps ? figure(lately / (lastSteps * recent.step_seconds)) : "–");
  setText($("total"), `${history.questions.total.toLocaleString()} since the start`);
  setText($("misses"), asked ? percent(sum("miss") / asked) : "–");
  setText($("coalesced"), history.coalesced === null ? "–" : history.coalesced.toLocaleString());
  setText($("since"), new Date(history.started_at).toLocaleString());
  setText($("updated"), clock(now, true));
  // What is counted of all tenants together is for those who run the installation.
  const isOperator = history.roles.includes("operator");
  $("range").hidden = !isOperator;
  if (isOperator) showRules(history.questions_by_rule);
  else showUnavailable("rules", forOperators);
  charts.latency.whenEmpty = isOperator ? Chart.whenEmpty : forOperators;
  showCharts(history, now);
}

function showTier(name, tier, share) {
  const card = document.querySelector(`[data-tier="${name}"]`);
  const put = (what, text) => setText(card.querySelector(`[data-${what}]`), text);
  put("share", share === null ? "–" : (share * 100).toFixed(1));
  const held = tier.size === null ? "an unknown number" : tier.size.toLocaleString();
  put("held", name === "cold" ? `${held} items` : tier.capacity === 0 ? "switched off" : `${held} of ${tier.capacity.toLocaleString()} answers`);
  const fill = tier.capacity && tier.size !== null ? Math.min(1, tier.size / tier.capacity) : 0;
  card.querySelector("[data-fill]").style.width = `${fill * 100}%`;
  put("p50", tier.p50_ms ? duration(tier.p50_ms * 1000) : "–");
  put("p99", tier.p99_ms ? duration(tier.p99_ms * 1000) : "–");
}

function showCharts(history, now) {
  const isRecent = state.range === state.shortest;
  const step = isRecent ? 10000 : { 60: 1, 360: 5, 1440: 15 }[state.range] * minute;
  // What has not ended yet would look like a fall.
  const to = Math.floor(now / step) * step;
  const from = to - state.range * minute;
  const times = Array.from({ length: Math.round((to - from) / step) }, (_, place) => from + place * step);
  const counts = Object.fromEntries(outcomes.map((name) => [name, times.map(() => 0)]));
  const add = (endedAt, name, count) => {
    // A sample that ended on the border belongs to what was before it.
    const place = Math.floor((endedAt - 1 - from) / step);
    if (place >= 0 && place < times.length) counts[name][place] += count;
  };
  for (const name of outcomes) {
    if (isRecent) {
      const all = history.recent[name];
      const length = history.recent.step_seconds * 1000;
      all.forEach((count, place) => add(now - (all.length - 1 - place) * length, name, count));
    } else {
      history.minutes[name].questions.forEach((count, place) => add(history.minutes.ended_at[place] * 1000, name, count));
    }
  }
  charts.share.show({ from, to, step, times, values: counts });
  const rates = Object.fromEntries(outcomes.map((name) => [name, counts[name].map((count) => count / (step / 1000))]));
  charts.rate.show({ from, to, step, times, values: rates });
  const ended = history.minutes.ended_at.map((seconds) => seconds * 1000);
  const begin = now - Math.max(state.range, leastLatencyMinutes) * minute;
  const first = ended.findIndex((time) => time >= begin);
  const cut = (list) => (first < 0 ? [] : list.slice(first));
  const values = {};
  for (const name of tiers) {
    values[name] = cut(history.minutes[name].p50_ms);
    values[`${name}95`] = cut(history.minutes[name].p95_ms);
  }
  charts.latency.show({ from: begin, to: now, step: minute, times: cut(ended), values });
}

// When to ask, and what to do when there is no answer.

function say(text) {
  $("banner").hidden = !text;
  setText($("banner"), text);
}

function meet(problem) {
  if (!(problem instanceof Refusal)) throw problem;
  if (problem.status === 401) {
    state.wasRefused = true;
    say("The figures need a key.");
    for (const id of lists) showUnavailable(id, "Needs a key.");
    openKeyDialog(key.get() ? "This key is not known here." : "");
  } else if (problem.status === 403) {
    say(problem.message);
  } else if (problem.status === 429) {
    state.pausedUntil = Date.now() + Math.max(1, problem.retryAfterSeconds) * 1000;
  } else {
    $("overall").dataset.status = "away";
    setText($("overall-text"), problem.status ? "Not well" : "Not reachable");
    say(`${problem.message}. What is shown is as of ${$("updated").textContent}; trying again.`);
  }
}

function every(interval, refresh) {
  const turn = async () => {
    const isWaiting = document.hidden || state.wasRefused || Date.now() < state.pausedUntil;
    try {
      if (!isWaiting) {
        await refresh();
        if (!state.wasRefused) say("");
      }
    } catch (problem) {
      meet(problem);
    }
    setTimeout(turn, key.get() ? interval.withKey : interval.free);
  };
  return turn();
}

function openKeyDialog(problem) {
  const dialog = $("key-dialog");
  setText($("key-problem"), problem);
  $("key-forget").hidden = !key.get();
  if (!dialog.open) dialog.showModal();
  $("key-text").focus();
}

function useKey(text) {
  key.set(text);
  state.wasRefused = false;
  state.minutesAt = 0;
  state.history = null;
  $("key-text").value = "";
  $("key-dialog").close();
  start();
}

async function start() {
  try {
    await refreshFigures();
    say("");
    await refreshLists();
    setText($("version"), (await call("")).version);
  } catch (problem) {
    meet(problem);
  }
}

$("key-button").addEventListener("click", () => openKeyDialog(""));
$("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("key-text").value.trim();
  if (text) useKey(text);
});
$("key-forget").addEventListener("click", () => useKey(""));
$("range").addEventListener("change", (event) => {
  state.range = Number(event.target.value);
  state.minutesAt = 0;
  refreshFigures().catch(meet);
});
document.addEventListener("visibilitychange", () => { if (!document.hidden && !state.wasRefused) start(); });

const asking = startAsking(meet, () => refreshFigures().catch(meet));
for (const id of lists) showUnavailable(id, "Loading…");
start().then(() => {
  every(figuresEvery, refreshFigures);
  every(listsEvery, refreshLists);
});

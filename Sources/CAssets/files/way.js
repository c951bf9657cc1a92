// Draws a question's way: time goes down, depth goes to the right, from the surface through hot and warm to cold.

import { element, html } from "/assets/charts.js";

const lanes = ["surface", "hot", "warm", "cold"];
const rowHeight = 34;
const headHeight = 20;

const names = {
  fingerprint: "Recognise the question",
  "hot.exact": "Look into hot",
  in_flight: "Join the same question",
  "warm.exact": "Look into warm",
  promote: "Raise to hot",
  embed: "Encode the question",
  "hot.semantic": "Look for one that asks the same",
  "cold.search": "Search the knowledge",
  admit: "Keep the answer",
  route: "Decide where it belongs",
};
const tierLanes = { hot_memory: 1, warm_cache: 2, cold_storage: 3 };

function laneOf(step) {
  if (step.step.startsWith("hot.")) return 1;
  if (step.step === "warm.exact") return 2;
  if (step.step === "embed" || step.step === "cold.search") return 3;
  if (step.step === "admit" || step.step === "promote") return tierLanes[step.detail] ?? 0;
  return 0;
}

export function duration(microseconds) {
  if (microseconds < 1000) return `${Math.round(microseconds)} µs`;
  const milliseconds = microseconds / 1000;
  if (milliseconds < 1000) return `${milliseconds.toPrecision(3)} ms`;
  return `${(milliseconds / 1000).toPrecision(3)} s`;
}

export function tierClass(name) {
  return { hot_memory: "hot", warm_cache: "warm", cold_storage: "cold", hot: "hot", warm: "warm", cold: "cold" }[name] ?? "";
}

const tierNames = { hot_memory: "hot", warm_cache: "warm", cold_storage: "cold" };
const withTierNames = (text) => text.replace(/hot_memory|warm_cache|cold_storage/g, (name) => tierNames[name]);

/** What a step says of itself, in words. */
function detailOf(step) {
  if (!step.detail || step.step === "fingerprint") return "";
  // The rule's name is for programs; its reason follows.
  return withTierNames(step.step === "route" ? step.detail.replace(/^\w+: /, "") : step.detail);
}

/** list: an <ol class="way">; steps: as in a reply's "explain". */
export function drawWay(list, steps) {
  list.replaceChildren();
  list.append(html("li", "lanes"));
  for (const step of steps) {
    const row = html("li", "", undefined, list);
    const what = html("div", "what", undefined, row);
    html("div", "", `${names[step.step] ?? step.step}: ${withTierNames(step.outcome)}`, what);
    const detail = detailOf(step);
    if (detail) html("div", "detail", detail, what);
    html("div", "time", duration(step.microseconds), row);
  }
  requestAnimationFrame(() => drawLine(list, steps));
}

function drawLine(list, steps) {
  list.querySelector("svg")?.remove();
  const rows = [...list.querySelectorAll("li:not(.lanes)")];
  if (!rows.length || !rows[0].offsetHeight) return;
  const svg = element("svg", { "aria-hidden": "true" });
  list.prepend(svg);
  const width = svg.getBoundingClientRect().width;
  const bottom = list.offsetHeight;
  const laneWidth = width / lanes.length;
  svg.setAttribute("viewBox", `0 0 ${width} ${bottom}`);
  lanes.forEach((lane, number) => {
    element("rect", {
      class: `lane ${lane}`, x: number * laneWidth + 1, y: headHeight, width: laneWidth - 2, height: bottom - headHeight, rx: 5,
    }, svg);
    if (number) {
      element("text", { class: "lane-name", x: (number + 0.5) * laneWidth, y: 12 }, svg).textContent = lane;
    }
  });
  const points = steps.map((step, number) => ({
    x: (laneOf(step) + 0.5) * laneWidth, y: rows[number].offsetTop + rows[number].offsetHeight / 2, lane: lanes[laneOf(step)],
    isEnd: ["hit", "placed"].includes(step.outcome),
  }));
  const turn = rowHeight / 2;
  let path = `M${0.5 * laneWidth} ${headHeight}`;
  let before = { x: 0.5 * laneWidth, y: headHeight };
  for (const point of points) {
    path += point.x === before.x ? `V${point.y}` : `V${point.y - turn}L${point.x} ${point.y}`;
    before = point;
  }
  element("path", { class: "route", d: path, pathLength: 1 }, svg);
  for (const point of points) {
    element("circle", { class: `stop ${point.lane} ${point.isEnd ? "end" : ""}`, cx: point.x, cy: point.y, r: 5 }, svg);
  }
}

// Charts as SVG, drawn by hand: columns that add up, and lines. A legend above shows the latest figures, or those under
// the pointer; arrow keys move it too.

const namespace = "http://www.w3.org/2000/svg";
const height = 220;
const margin = { left: 46, right: 10, top: 8, bottom: 22 };

export function element(name, attributes = {}, parent) {
  const made = document.createElementNS(namespace, name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  parent?.append(made);
  return made;
}

export function html(name, className, text, parent) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  parent?.append(made);
  return made;
}

/** Sets a text only where it is another one: what stays the same is not drawn again. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function clock(time, withSeconds) {
  return new Date(time).toLocaleTimeString([], {
    hour: "2-digit", minute: "2-digit", second: withSeconds ? "2-digit" : undefined, hour12: false,
  });
}

/** The least round number that is not below a value, such that its quarters are round too. */
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((bound) => bound >= value * 0.999);
}

export class Chart {
  static whenEmpty = "No questions in this time";

  /**
   * series: [{name, label, dotted?}], the lowest column first. kind: "share", "columns" or "log".
   * format: a value's text. name: what the chart shows, for those who do not see it.
   */
  constructor(host, { series, kind, format, name }) {
    Object.assign(this, { host, series, kind, format, name });
    this.legend = html("div", "legend", undefined, host);
    this.readouts = series.filter((one) => one.label).map((one) => {
      const keyed = html("span", `key ${one.tier}`, undefined, this.legend);
      html("span", "swatch", undefined, keyed);
      keyed.append(one.label, " ");
      return { one, value: html("b", "", "–", keyed) };
    });
    this.when = html("span", "when", "", this.legend);
    this.spoken = html("span", "hidden", "", host);
    this.spoken.setAttribute("role", "status");
    this.svg = element("svg", { role: "img", tabindex: 0, "aria-label": name });
    host.append(this.svg);
    this.back = element("g", {}, this.svg);
    this.marks = series.map((one) =>
      element("path", { class: `${kind === "log" ? "curve" : "area"} ${one.tier} ${one.dotted ? "dotted" : ""}` }, this.svg));
    this.cross = element("path", { class: "cross" }, this.svg);
    this.nothing = element("text", { class: "empty", y: height / 2 }, this.svg);
    this.data = null;
    this.whenEmpty = Chart.whenEmpty;
    this.place = null;
    this.listen();
    new ResizeObserver(() => this.draw()).observe(host);
  }

  listen() {
    const follow = (event) => {
      const x = event.clientX - this.svg.getBoundingClientRect().left;
      if (!this.data) return;
      const { times, step } = this.data;
      const distances = times.map((time) => Math.abs(this.x(time + (this.kind === "log" ? 0 : step / 2)) - x));
      this.point(distances.length ? distances.indexOf(Math.min(...distances)) : null);
    };
    this.svg.addEventListener("pointermove", follow);
    this.svg.addEventListener("pointerdown", follow);
    for (const name of ["pointerleave", "blur"]) this.svg.addEventListener(name, () => this.point(null));
    this.svg.addEventListener("keydown", (event) => {
      const moves = { ArrowLeft: -1, ArrowRight: 1 };
      const last = (this.data?.times.length ?? 0) - 1;
      if (!(event.key in moves) || last < 0) return;
      event.preventDefault();
      this.point(Math.max(0, Math.min(last, (this.place ?? last) + moves[event.key])));
      setText(this.spoken, `${this.when.textContent}: ${this.figures()}`);
    });
  }

  /** data: {from, to, step, times: [start of each], values: {name: [number or null]}}; times in milliseconds. */
  show(data) {
    this.data = data;
    if (this.place !== null && this.place >= data.times.length) this.place = null;
    this.draw();
  }

  point(place) {
    this.place = place;
    if (this.data) this.drawPointer();
  }

  x(time) {
    const { from, to } = this.data;
    return margin.left + ((time - from) / (to - from)) * (this.width - margin.left - margin.right);
  }

  y(value) {
    const room = height - margin.top - margin.bottom;
    const share = this.kind === "log"
      ? (Math.log10(value) - this.low) / (this.high - this.low)
      : value / this.high;
    return margin.top + room * (1 - Math.max(0, Math.min(1, share)));
  }

  total(place) {
    return this.series.reduce((sum, one) => sum + (this.data.values[one.name][place] ?? 0), 0);
  }

  draw() {
    this.width = this.host.clientWidth;
    if (!this.width || !this.data) return;
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${height}`);
    this.setScale();
    this.drawAxes();
    if (this.kind === "log") this.drawLines();
    else this.drawColumns();
    const { times } = this.data;
    const isEmpty = !times.some((_, place) => this.total(place) > 0);
    setText(this.nothing, isEmpty ? this.whenEmpty : "");
    this.nothing.setAttribute("x", (margin.left + this.width) / 2);
    this.drawPointer();
    this.svg.setAttribute("aria-label", `${this.name}. ${isEmpty ? this.whenEmpty : `Latest: ${this.figures()}`}`);
  }

  setScale() {
    const { times, values } = this.data;
    if (this.kind === "share") { this.high = 1; return; }
    if (this.kind === "columns") {
      const most = Math.max(0, ...times.map((_, place) => this.total(place)));
      this.high = most ? roundUp(most) : 1;
      return;
    }
    const found = this.series.flatMap((one) => values[one.name]).filter((value) => value > 0);
    this.low = Math.floor(Math.log10(Math.min(0.01, ...found)));
    this.high = Math.ceil(Math.log10(Math.max(10, ...found)));
  }

  drawAxes() {
    this.back.replaceChildren();
    const levels = this.kind === "log"
      ? Array.from({ length: this.high - this.low + 1 }, (_, step) => 10 ** (this.low + step))
      : [0, 0.25, 0.5, 0.75, 1].map((share) => share * this.high);
    for (const level of levels) {
      const y = Math.round(this.y(level)) + 0.5;
      element("path", { class: "grid", d: `M${margin.left} ${y}H${this.width - margin.right}` }, this.back);
      element("text", { class: "tick", x: margin.left - 6, y: y + 4, "text-anchor": "end" }, this.back).textContent =
        this.format(level);
    }
    const { from, to } = this.data;
    const marks = this.width < 420 ? 3 : 5;
    for (let mark = 0; mark <= marks; mark += 1) {
      const time = from + ((to - from) * mark) / marks;
      const anchor = mark === 0 ? "start" : mark === marks ? "end" : "middle";
      element("text", { class: "tick", x: this.x(time), y: height - 6, "text-anchor": anchor }, this.back).textContent =
        clock(time, false);
    }
  }

  drawColumns() {
    const { times, step, values } = this.data;
    const reached = times.map(() => 0);
    const totals = times.map((_, place) => (this.kind === "share" ? this.total(place) || 1 : 1));
    this.series.forEach((one, number) => {
      let path = "";
      times.forEach((time, place) => {
        const value = (values[one.name][place] ?? 0) / totals[place];
        if (!value) return;
        const [left, right] = [Math.max(margin.left, this.x(time)), this.x(time + step)];
        const [bottom, top] = [this.y(reached[place]), this.y(reached[place] + value)];
        reached[place] += value;
        if (right - left > 0.5) path += `M${left.toFixed(1)} ${bottom.toFixed(1)}V${top.toFixed(1)}H${right.toFixed(1)}V${bottom.toFixed(1)}Z`;
      });
      this.marks[number].setAttribute("d", path);
    });
  }

  drawLines() {
    const { times, values } = this.data;
    this.series.forEach((one, number) => {
      let path = "";
      let isDrawing = false;
      times.forEach((time, place) => {
        const value = values[one.name][place];
        if (!(value > 0)) { isDrawing = false; return; }
        const [x, y] = [this.x(time).toFixed(1), this.y(value).toFixed(1)];
        // A point that is alone is a line of no length, which round ends make a dot of.
        path += isDrawing ? `L${x} ${y}` : `M${x} ${y}h0`;
        isDrawing = true;
      });
      this.marks[number].setAttribute("d", path);
    });
  }

  drawPointer() {
    const { times, step } = this.data;
    const isOn = this.place !== null && this.place < times.length;
    const x = isOn ? Math.round(this.x(times[this.place] + (this.kind === "log" ? 0 : step / 2))) + 0.5 : 0;
    this.cross.setAttribute("d", isOn ? `M${x} ${margin.top}V${height - margin.bottom}` : "");
    setText(this.when, isOn ? clock(times[this.place], step < 60000) : "");
    for (const { one, value } of this.readouts) setText(value, this.figure(one));
  }

  /** Of the place pointed at, else of the latest that has any. */
  figure(one) {
    const { times, values } = this.data;
    let place = this.place;
    if (place === null) place = times.findLastIndex((_, index) => this.total(index) > 0);
    const value = values[one.name]?.[place];
    if (place < 0 || value === undefined || value === null) return "–";
    if (this.kind !== "share") return this.format(value);
    const total = this.total(place);
    return total ? this.format(value / total) : "–";
  }

  figures() {
    return this.readouts.map(({ one }) => `${one.label} ${this.figure(one)}`).join(", ");
  }
}

"use strict";
(function () {
  const data = JSON.parse(document.getElementById("nodes-data").textContent);
  const find = (id) => document.getElementById(id);
  const EDGE = data.edge;
  const SVG = "http://www.w3.org/2000/svg";
  const toScale = {
    odds: (p) => Math.log((p + EDGE) / (1 + EDGE - p)),
    root: Math.sqrt,
    plain: (x) => x,
  };
  const fromScale = {
    odds: (y) => (1 + 2 * EDGE) / (1 + Math.exp(-y)) - EDGE,
    root: (y) => y * y,
    plain: (y) => y,
  };

  // The corners of the cell in which a setting lies, each with its share; the last axis is fastest.
  function corners(at) {
    let out = [{ node: 0, share: 1 }];
    data.axes.forEach((axis, i) => {
      const nodes = axis.nodes;
      let cell = 0;
      while (cell < nodes.length - 2 && at[i] >= nodes[cell + 1]) cell += 1;
      const share = Math.min(Math.max((at[i] - nodes[cell]) / (nodes[cell + 1] - nodes[cell]), 0), 1);
      out = out.flatMap((c) => [
        { node: c.node * nodes.length + cell, share: c.share * (1 - share) },
        { node: c.node * nodes.length + cell + 1, share: c.share * share },
      ]);
    });
    return out.filter((c) => c.share > 0);
  }

  function interpolated(measure, at, place) {
    const scale = data.scales[measure];
    let sum = 0;
    for (const c of corners(at)) {
      const value = data.values[measure][c.node][place];
      if (value === null) return null;
      sum += c.share * toScale[scale](value);
    }
    return fromScale[scale](sum);
  }

  const still = data.axes.map(() => 0);
  const setting = () => data.axes.map((axis) => Number(find("lever-" + axis.name).value));
  const whole = (x) => (x === null ? "[c]" : Math.round(x).toLocaleString("en-GB"));
  const percent = (p) => (p < 0.01 ? "under 1%" : p > 0.99 ? "over 99%" : Math.round(100 * p) + "%");
  const even = (p) => (p >= 0.4 && p <= 0.6 ? ", about even" : "");
  const pounds = (x) => "£" + (Math.round(x / 100) * 100).toLocaleString("en-GB");
  const names = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December"];
  const monthName = (m) => names[Number(m.slice(5)) - 1] + " " + m.slice(0, 4);
  const amount = (axis, x) => (axis.unit === "%" ? x + "%" : x + " " + axis.unit);
  const isNode = (at) => data.axes.every((axis, i) => axis.nodes.includes(at[i]));

  function element(parent, name, attributes, text) {
    const made = document.createElementNS(parent.namespaceURI, name);
    for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    parent.appendChild(made);
    return made;
  }

  function draw(id, lines, most, label, tick) {
    const box = find(id);
    box.replaceChildren();
    const width = Math.max(box.clientWidth, 200), height = 230;
    const left = 48, right = width - 8, top = 12, bottom = height - 28;
    const svg = document.createElementNS(SVG, "svg");
    for (const [k, v] of Object.entries({ width, height, role: "img", "aria-label": label })) svg.setAttribute(k, v);
    box.appendChild(svg);
    const x = (i) => left + ((right - left) * i) / (data.months.length - 1);
    const y = (v) => bottom - ((bottom - top) * v) / most;
    for (let k = 0; k <= 4; k += 1) {
      const v = (most * k) / 4;
      element(svg, "line", { x1: left, x2: right, y1: y(v), y2: y(v), class: "grid" });
      element(svg, "text", { x: left - 6, y: y(v) + 5, "text-anchor": "end" }, tick(v));
    }
    data.months.forEach((m, i) => {
      if (m.slice(5) === "01") {
        element(svg, "line", { x1: x(i), x2: x(i), y1: bottom, y2: bottom + 5, class: "grid" });
        element(svg, "text", { x: x(i), y: bottom + 20, "text-anchor": "middle" }, m.slice(0, 4));
      }
    });
    for (const line of lines) {
      if (line.low) {
        const up = line.high.map((v, i) => [v, i]).filter((p) => p[0] !== null);
        const down = line.low.map((v, i) => [v, i]).filter((p) => p[0] !== null).reverse();
        const points = up.concat(down).map((p) => x(p[1]).toFixed(1) + "," + y(p[0]).toFixed(1)).join(" ");
        element(svg, "polygon", { points, class: "band" });
      }
      const points = line.central.map((v, i) => [v, i]).filter((p) => p[0] !== null)
        .map((p) => x(p[1]).toFixed(1) + "," + y(p[0]).toFixed(1)).join(" ");
      element(svg, "polyline", { points, class: "line " + line.name });
    }
    const at = find("month").selectedIndex;
    element(svg, "line", { x1: x(at), x2: x(at), y1: top, y2: bottom, class: "told" });
  }

  const series = (measure, at, end, ends) => data.months.map((_, i) => interpolated(measure, at, i * ends + end));
  function round(most) {
    const size = Math.pow(10, Math.floor(Math.log10(Math.max(most, 4))));
    return [1, 2, 4, 6, 8, 10].map((k) => k * size).find((v) => v >= most);
  }

  function row(body, cells) {
    const made = element(body, "tr");
    cells.forEach((cell, i) => element(made, i ? "td" : "th", i ? { class: "num" } : { scope: "row" }, cell));
  }

  function range(measure, at, place, words) {
    const [low, central, high] = [0, 1, 2].map((end) => interpolated(measure, at, place * 3 + end));
    if (central === null) return "[c]";
    return words(central) + " (" + words(low) + " to " + words(high) + ")";
  }

  let pending = 0;
  function show() {
    const at = setting(), told = find("month").selectedIndex;
    data.axes.forEach((axis, i) => {
      const input = find("lever-" + axis.name);
      input.setAttribute("aria-valuetext", amount(axis, at[i]));
      find("value-" + axis.name).textContent = amount(axis, at[i]);
    });
    const own = series("chance", at, 0, 1), base = series("chance", still, 0, 1);
    draw("chart-chance", [{ name: "base", central: base }, { name: "own", central: own }], 1,
      "Line chart: chance of the target by month, as things stand and with these levers. The numbers are in the table below.",
      (v) => Math.round(100 * v) + "%");
    for (const measure of ["waiting", "overdue_sessions"]) {
      const lines = [{ name: "base", central: series(measure, still, 1, 3) },
        { name: "own", low: series(measure, at, 0, 3), central: series(measure, at, 1, 3), high: series(measure, at, 2, 3) }];
      const most = round(Math.max(...lines[0].central, ...lines[1].high));
      draw("chart-" + measure, lines, most,
        "Line chart: " + data.words[measure].toLowerCase() + " by month, as things stand and with these levers. The numbers are in the table below.",
        whole);
    }
    const body = find("by-month").tBodies[0];
    body.replaceChildren();
    data.months.forEach((m, i) => {
      if (["01", "07"].includes(m.slice(5)) || i === told) {
        row(body, [monthName(m), percent(base[i]), percent(own[i]), range("waiting", at, i, whole),
          range("overdue_sessions", at, i, whole)]);
      }
    });
    const council = Math.min(Math.max(Number(find("council").value) || 0, 0), 100) / 100;
    const paid = find("by-funder").tBodies[0];
    paid.replaceChildren();
    data.years.forEach((year, i) => {
      const parts = [1 - council, council, 1].map((share) => range("cost", at, i, (v) => pounds(v * share)));
      row(paid, [year + " to " + (year + 1), ...parts]);
    });
    const how = isNode(at) ? "These settings were simulated." :
      "Read between simulated settings: at settings held back to check, such a reading was wrong by " +
      (100 * data.errors.chance[0]).toFixed(1) + " points on average, and by " + (100 * data.errors.chance[1]).toFixed(1) + " at most.";
    const p = own[told], spread = 128 * Math.sqrt(Math.max(p * (1 - p), 0.25 / data.draws) / data.draws);
    const text = "In " + monthName(data.months[told]) + ": chance of the target " + percent(p) + even(p) +
      ", with an 80% interval of the draws of about " + Math.round(spread) + " points either side. As things stand: " +
      percent(base[told]) + ". Children waiting: " + range("waiting", at, told, whole) + ". " + how;
    find("figure").textContent = percent(p);
    clearTimeout(pending);  // said once the lever rests, not at every step
    pending = setTimeout(() => { find("answer").textContent = text; }, 250);
  }

  data.months.forEach((m) => element(find("month"), "option", { value: m }, monthName(m)));
  find("month").selectedIndex = Math.max(data.months.findIndex((m, i) => m.slice(5) === "01" && i >= 12), 0);
  find("council").value = Math.round(100 * data.council);
  document.querySelectorAll("#explorer input, #explorer select").forEach((e) => e.addEventListener("input", show));
  find("reset").addEventListener("click", () => {
    data.axes.forEach((axis) => { find("lever-" + axis.name).value = 0; });
    show();
  });
  let seen = 0;
  window.addEventListener("resize", () => { cancelAnimationFrame(seen); seen = requestAnimationFrame(show); });
  find("explorer").hidden = false;
  find("nodes").open = false;
  show();
})();

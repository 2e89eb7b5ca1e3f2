// Levers among precomputed what-ifs: a surface through the settings that were run is read off.
begin((page) => {
  const levers = data.levers, size = data.outcomes.length, years = data.years, count = data.places.length;
  const at = Object.fromEntries(levers.map((one) => [one.name, 0]));
  let outcome = 0;

  // Levers, their squares, products of every two: the terms of the surface.
  function terms() {
    const x = levers.map((one) => at[one.name]), both = [];
    x.forEach((one, i) => x.slice(i + 1).forEach((other) => both.push(one * other)));
    return [...x, ...x.map((one) => one * one), ...both];
  }
  const weighed = (weights, column, values) => values.reduce((sum, value, term) => sum + value * weights[term][column], 0);
  // A mean in the baseline and with the levers as set.
  function means(surface, column, values = terms()) {
    const start = surface.start[column], room = surface.room[column];
    const read = (z) => Math.max(0, Math.exp(z) - room);
    return [read(start), read(start + weighed(surface.weights, column, values))];
  }
  const gap = (surface, column, values) => { const [base, other] = means(surface, column, values); return other - base; };
  function found(n) {
    const mean = gap(data.path, n * years + years - 1);
    if (levers.every((one) => !at[one.name])) return { mean: 0, low: 0, high: 0, p05: 0, p95: 0 };
    const [half, below, above] = [0, 1, 2].map((part) => weighed(data.spread, part * size + n, [1, ...terms()]));
    const wide = Math.max(0, half);
    return { mean, low: mean - wide, high: mean + wide, p05: mean + Math.min(0, below), p95: mean + Math.max(0, above) };
  }
  const digits = (n) => (n === size - 1 ? 3 : 1);

  // The page.
  const left = make("div"), right = make("div"), panel = make("div", { class: "panel" });
  const outcomes = make("select", { id: "outcome" });
  data.outcomes.forEach((number, n) => outcomes.append(make("option", { value: n })));
  const headline = make("p", { class: "big", id: "headline", "aria-live": "polite" }), interval = make("p", { id: "interval" });
  const how = make("p", { class: "quiet", id: "how" }), checked = make("p", { class: "quiet", id: "checked" });
  const chart = draw("svg", { viewBox: "0 0 600 220", role: "img", width: "100%" }, null);
  const pointed = make("div", { id: "pointed" }), legend = make("div", { class: "key" });
  const table = make("table"), wrap = make("div", { class: "tablewrap", tabindex: 0, "data-label": "all_outcomes", role: "group" }, table);
  const reset = text("reset_levers", "button", { type: "button", id: "reset" });
  const sliders = levers.map((one) => {
    const slider = make("input", { type: "range", min: one.low === null ? 0 : -1, max: one.high === null ? 0 : 1, step: 0.05, value: 0, id: one.name });
    const title = make("label", { for: one.name }), value = make("output", { for: one.name });
    slider.addEventListener("input", () => { at[one.name] = Number(slider.value); show(); });
    panel.append(make("div", { class: "lever" }, title, value, slider));
    return { one, slider, title, value };
  });
  panel.prepend(text("levers_title", "h2"));
  panel.append(reset);
  left.append(panel, make("div", { class: "row" }, make("label", {}, text("outcome"), outcomes)), headline, interval, how, checked,
    text("levers_note", "p", { class: "quiet" }));
  right.append(text("path_title", "h2"), chart, make("div", { class: "key", id: "chart_key" }), text("where_title", "h2"));
  page.append(make("div", { class: "parts" }, left, right));
  const kind = make("div", { class: "row" });
  right.append(kind);
  const map = new WorldMap(right, () => {}, point, show);
  kind.append(make("label", {}, text("kind"), map.chooser));
  right.append(pointed, legend, make("h2", { "data-text": "all_outcomes" }), wrap);
  outcomes.addEventListener("change", () => { outcome = Number(outcomes.value); show(); });
  reset.addEventListener("click", () => { for (const s of sliders) { s.slider.value = 0; at[s.one.name] = 0; } show(); });

  const valueAt = (one, place) => one.middle + Math.abs(place) * ((place < 0 ? one.low : one.high) - one.middle);
  let local = [], top = 1;
  const localRow = () => Math.max(0, data.mapped.indexOf(outcome));
  function point(node) {
    if (node < 0 || node >= data.places.length) { pointed.textContent = ""; return; }
    pointed.textContent = `${say(data.places[node])}: ${signed(local[node], 2)}`;
  }
  const mix = (from, to, share) => `rgb(${from.map((v, i) => Math.round(v + (to[i] - v) * share)).join(",")})`;
  const WHITE = [255, 255, 255], MORE = [0, 84, 147], LESS = [176, 58, 0];

  function drawChart() {
    const values = terms(), both = Array.from({ length: years }, (_, i) => means(data.path, outcome * years + i, values));
    const base = both.map((one) => one[0]), other = both.map((one) => one[1]), most = Math.max(...base, ...other, 1e-9);
    const x = (i) => 50 + (520 * i) / Math.max(1, years - 1), y = (v) => 190 - (170 * v) / most;
    const path = (values) => "M" + values.map((v, i) => `${x(i).toFixed(1)} ${y(v).toFixed(1)}`).join("L");
    chart.replaceChildren();
    for (const share of [0, 0.5, 1]) {
      draw("path", { class: "edge", stroke: "#c9c9c9", d: `M50 ${y(share * most)}H570`, opacity: 0.3 }, chart);
      const label = draw("text", { x: 46, y: y(share * most), "font-size": 13, style: "text-anchor:end;font-weight:400;stroke:none" }, chart);
      label.textContent = amount(share * most, most < 5 ? 2 : 0);
    }
    const year = (i) => 2000 + Math.floor(data.last / 12) - (years - 1 - i);
    for (const i of new Set([0, base.length >> 1, base.length - 1])) {
      if (base.length) draw("text", { x: x(i), y: 208, "font-size": 13, style: "font-weight:400;stroke:none" }, chart).textContent = year(i);
    }
    draw("path", { class: "line", d: path(base), stroke: "#5b5b5b", "stroke-width": 2, "stroke-dasharray": "6 4" }, chart);
    draw("path", { class: "line twinned", d: path(other), style: "stroke-width:3" }, chart);
    chart.setAttribute("aria-label", `${word("path_title")}: ${say(data.outcomes[outcome])}`);
  }
  function show() {
    for (const { one, slider, title, value } of sliders) {
      const place = at[one.name];
      title.textContent = say(one.title);
      value.textContent = place ? amount(valueAt(one, place), 2) : word("as_is");
      slider.setAttribute("aria-valuetext", value.textContent);
    }
    const values = terms(), moved = values.some((value) => value);
    const now = found(outcome), n = digits(outcome);
    headline.textContent = `${say(data.outcomes[outcome])}: ${signed(now.mean, n)}`;
    interval.textContent = word("interval", { low: signed(now.low, n), high: signed(now.high, n), p05: signed(now.p05, n), p95: signed(now.p95, n), pairs: data.pairs });
    how.textContent = word(moved ? "interpolated" : "unmoved", { n: data.points });
    checked.textContent = word("checked", { n: data.checks, median: amount(data.off[0][outcome], n), most: amount(data.off[1][outcome], n), effect: amount(data.off[2][outcome], n) });
    drawChart();
    local = data.places.map((_, place) => gap(data.local, localRow() * count + place, values));
    top = Math.max(...local.map(Math.abs)) || 1;
    map.colour((node) => {
      if (node >= data.places.length) return "#fff";
      const share = local[node] / top;
      return mix(WHITE, share < 0 ? LESS : MORE, Math.sqrt(Math.abs(share)));
    });
    legend.replaceChildren(make("span", {}, signed(moved ? -top : 0, 2),
      make("span", { class: "ramp", style: `background:linear-gradient(to right,${mix(LESS, LESS, 0)},#fff,${mix(MORE, MORE, 0)})` }), signed(moved ? top : 0, 2)),
      make("span", { style: "white-space:normal" }, say(data.outcomes[data.mapped[localRow()]])));
    table.replaceChildren(make("thead", {}, make("tr", {}, ...["outcome", "mean_difference", "interval_short", "cases_short"].map((name) => make("th", { scope: "col" }, word(name))))),
      make("tbody", {}, ...data.outcomes.map((number, row) => {
        const one = found(row), d = digits(row);
        return make("tr", {}, make("th", { scope: "row" }, say(number)), make("td", {}, signed(one.mean, d)), make("td", {}, `${signed(one.low, d)} … ${signed(one.high, d)}`), make("td", {}, `${signed(one.p05, d)} … ${signed(one.p95, d)}`));
      })));
  }
  function changed() {
    data.outcomes.forEach((number, n) => { outcomes.options[n].textContent = say(number); });
    $("title").textContent = say(data.title);
    $("question").textContent = say(data.question);
    document.title = `${say(data.title)} – Paradiplomacy`;
    $("note").textContent = `${say(data.certainty)} ${word("levers_foot", { seed: data.seed, pairs: data.pairs, version: data.version })}`;
    const line = (style, name) => {
      const sample = draw("svg", { "aria-hidden": "true" }, null);
      draw("path", { d: "M0 6H30", class: "line", ...style }, sample);
      return make("span", {}, sample, word(name));
    };
    $("chart_key").replaceChildren(line({ stroke: "#5b5b5b", "stroke-width": 2, "stroke-dasharray": "6 4" }, "as_is"), line({ class: "line twinned" }, "with_levers"));
    map.relabel(word("where_title"));
    show();
  }
  return changed;
});

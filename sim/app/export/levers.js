// Levers among precomputed what-ifs: what was run is shown as it was, what lies between is interpolated.
begin((page) => {
  const levers = data.levers, size = data.outcomes.length;
  const at = Object.fromEntries(levers.map((one) => [one.name, 0]));
  const key = (setting) => Object.keys(setting).filter((name) => setting[name]).sort().map((name) => name + Math.sign(setting[name])).join(" ");
  const points = new Map(data.points.map((point) => [key(point.at), point]));
  let outcome = 0;

  // The weight of each point: every lever by itself, and what every two do beyond their sum.
  function weights(setting) {
    const moved = levers.filter((one) => setting[one.name] && points.has(key({ [one.name]: setting[one.name] })));
    const found = new Map(), add = (name, weight) => found.set(name, (found.get(name) || 0) + weight);
    moved.forEach((one, number) => {
      const mine = setting[one.name], alone = key({ [one.name]: mine });
      add(alone, Math.abs(mine));
      for (const other of moved.slice(number + 1)) {
        const its = setting[other.name], weight = Math.abs(mine * its);
        add(key({ [one.name]: mine, [other.name]: its }), weight);
        add(alone, -weight);
        add(key({ [other.name]: its }), -weight);
      }
    });
    return found;
  }
  // A weighted sum of the same column of all points.
  function sum(setting, column) {
    let total = null;
    for (const [name, weight] of weights(setting)) {
      const values = column(points.get(name));
      total = total || new Float64Array(values.length);
      for (let i = 0; i < total.length; i += 1) total[i] += weight * values[i];
    }
    return total;
  }
  const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
  function summary(values) {
    if (!values) return { mean: 0, low: 0, high: 0, p05: 0, p95: 0 };
    const middle = mean(values), n = values.length, sorted = Float64Array.from(values).sort();
    const spread = Math.sqrt(values.reduce((a, b) => a + (b - middle) ** 2, 0) / (n - 1));
    const half = data.quantile * spread / Math.sqrt(n);
    const quantile = (q) => {
      const place = q * (n - 1), low = Math.floor(place);
      return sorted[low] + (place - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
    };
    return { mean: middle, low: middle - half, high: middle + half, p05: quantile(0.05), p95: quantile(0.95) };
  }
  const digits = (n) => (n === size - 1 ? 3 : 1);
  const found = (n) => summary(sum(at, (point) => point.each.map((row) => row[n])));

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
  const map = new WorldMap(right, () => {}, point);
  right.append(pointed, legend, make("h2", { "data-text": "all_outcomes" }), wrap);
  outcomes.addEventListener("change", () => { outcome = Number(outcomes.value); show(); });
  reset.addEventListener("click", () => { for (const s of sliders) { s.slider.value = 0; at[s.one.name] = 0; } show(); });

  const valueAt = (one, place) => one.middle + Math.abs(place) * ((place < 0 ? one.low : one.high) - one.middle);
  let local = null, top = 1;
  const localRow = () => Math.max(0, data.mapped.indexOf(outcome));
  function point(node) {
    if (node < 0 || node >= data.places.length) { pointed.textContent = ""; return; }
    pointed.textContent = `${say(data.places[node])}: ${signed(local ? local[node] : 0, 2)}`;
  }
  const mix = (from, to, share) => `rgb(${from.map((v, i) => Math.round(v + (to[i] - v) * share)).join(",")})`;
  const WHITE = [255, 255, 255], MORE = [0, 84, 147], LESS = [176, 58, 0];

  function drawChart() {
    const base = data.baseline[outcome], gap = sum(at, (point) => point.path[outcome]) || new Float64Array(base.length);
    const other = base.map((value, i) => value + gap[i]), most = Math.max(...base, ...other, 1e-9);
    const x = (i) => 50 + (520 * i) / Math.max(1, base.length - 1), y = (v) => 190 - (170 * Math.max(0, v)) / most;
    const path = (values) => "M" + values.map((v, i) => `${x(i).toFixed(1)} ${y(v).toFixed(1)}`).join("L");
    chart.replaceChildren();
    for (const share of [0, 0.5, 1]) {
      draw("path", { class: "edge", stroke: "#c9c9c9", d: `M50 ${y(share * most)}H570`, opacity: 0.3 }, chart);
      const label = draw("text", { x: 46, y: y(share * most), "font-size": 13, style: "text-anchor:end;font-weight:400;stroke:none" }, chart);
      label.textContent = amount(share * most, most < 5 ? 2 : 0);
    }
    const year = (i) => 2000 + Math.floor((data.first + 11 + 12 * i) / 12);
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
    const moved = levers.filter((one) => at[one.name]), exact = moved.length < 3 && moved.every((one) => Math.abs(at[one.name]) === 1);
    const now = found(outcome), n = digits(outcome);
    headline.textContent = `${say(data.outcomes[outcome])}: ${signed(now.mean, n)}`;
    interval.textContent = word("interval", { low: signed(now.low, n), high: signed(now.high, n), p05: signed(now.p05, n), p95: signed(now.p95, n), pairs: data.pairs });
    how.textContent = word(!moved.length ? "unmoved" : exact ? "exact" : "interpolated", { n: data.points.length });
    const off = data.checks.map((check) => Math.abs(mean(check.each.map((row) => row[outcome])) - summary(sum(check.at, (point) => point.each.map((row) => row[outcome]))).mean)).sort((a, b) => a - b);
    checked.textContent = word("checked", { n: off.length, median: amount(off[off.length >> 1], n), most: amount(off[off.length - 1], n) });
    drawChart();
    local = sum(at, (point) => point.local[localRow()]);
    top = local ? Math.max(1e-9, ...Array.from(local, Math.abs)) : 1;
    map.colour((node) => {
      if (node >= data.places.length) return "#fff";
      const share = local ? local[node] / top : 0;
      return mix(WHITE, share < 0 ? LESS : MORE, Math.sqrt(Math.abs(share)));
    });
    legend.replaceChildren(make("span", {}, signed(-top, 2),
      make("span", { class: "ramp", style: `background:linear-gradient(to right,${mix(LESS, LESS, 0)},#fff,${mix(MORE, MORE, 0)})` }), signed(top, 2)),
      make("span", { style: "white-space:normal" }, say(data.outcomes[data.mapped[localRow()]])));
    table.replaceChildren(make("thead", {}, make("tr", {}, ...["outcome", "mean_difference", "interval_short"].map((name) => make("th", { scope: "col" }, word(name))))),
      make("tbody", {}, ...data.outcomes.map((number, row) => {
        const one = found(row), d = digits(row);
        return make("tr", {}, make("th", { scope: "row" }, say(number)), make("td", {}, signed(one.mean, d)), make("td", {}, `${signed(one.low, d)} … ${signed(one.high, d)}`));
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

// Play recorded worlds: the map month by month, the news, the story of what is looked at.
const FADES = { inward: 2, outward: 2, twinned: 12 }, DEAL_FADES = 9, NEWS = 12, TOLD = 60, FASTEST = 20;

begin((page) => {
  const places = data.places.length, provinces = data.map.provinces.length;
  const asked = new URLSearchParams(location.hash.slice(1));
  let world, month, measure = data.measures[0], looked = -1, playing = false, timer = 0, told = 0;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

  for (const one of data.worlds) {
    for (const name of Object.keys(one.values)) one.values[name] = prefix(one.values[name]);
    const events = one.events;
    let at = 0;
    events.month = events.month.map((step) => at += step);
    one.upTo = new Array(one.months).fill(0);
    events.month.forEach((m, row) => { one.upTo[m] = row + 1; });
    for (let m = 1; m < one.months; m += 1) one.upTo[m] = Math.max(one.upTo[m], one.upTo[m - 1]);
  }

  // The page.
  const button = (name, sign, action, kind = "") => {
    const node = make("button", { type: "button", "data-label": name, id: name, class: kind }, sign);
    node.addEventListener("click", action);
    return node;
  };
  const field = (name, node) => make("label", {}, text(name), node);
  const play = button("play", "▶", () => run(!playing), "main");
  const slider = make("input", { type: "range", id: "slider", min: 0, step: 1, "data-label": "month" });
  const when = make("output", { id: "when", for: "slider" });
  const speed = make("input", { type: "range", id: "speed", min: 1, max: FASTEST, step: 1, value: still ? 2 : 5 });
  const which = make("select", { id: "measure" }), worlds = make("select", { id: "world" });
  data.measures.forEach((one, number) => which.append(make("option", { value: number })));
  data.worlds.forEach((one, number) => worlds.append(make("option", { value: number })));
  const chooser = field("world", worlds);
  chooser.hidden = data.worlds.length < 2;
  const left = make("div"), right = make("div"), pointed = make("div", { id: "pointed" });
  const legend = make("div", { class: "key" }), lines = make("div", { class: "key" });
  const find = make("input", { type: "search", id: "find", list: "choices", "data-label": "find", autocomplete: "off" });
  const choices = make("datalist", { id: "choices" });
  const story = make("section", { class: "panel", id: "story", "data-label": "portrait" });
  const news = make("section", { class: "panel", id: "news", "data-label": "happens" });
  page.append(
    make("div", { class: "row", role: "group", "data-label": "controls" },
      button("rewind", "|◀", () => { run(false); show(0); }), button("back", "◀", () => { run(false); show(month - 1); }),
      play, button("step", "▶|", () => { run(false); show(month + 1); }), when, slider),
    make("div", { class: "row" }, chooser, field("measure", which), field("speed", speed)),
    make("div", { class: "parts" }, left, right));
  const map = new WorldMap(left, choose, point);
  map.redraw = () => { if (world) drawLines(); };
  left.append(pointed, legend, lines, text("map_note", "p", { class: "quiet" }));
  right.append(find, choices, story, news);

  // Who a number of the map or of an actor stands for.
  const nodeOf = (actor) => {
    if (actor < 0) return -1;
    const home = data.actors.home[actor];
    return home < 0 || home >= provinces ? map.state : places + home;
  };
  const nameOf = (node) => say(node < places ? data.places[node] : node < map.count ? data.actors.name[node - places] : data.words.state);
  const valueOf = (node, at = month, what = measure) => {
    const row = world.values[what.name][at];
    return node < row.length ? row[node] : -1;
  };
  const shown = (node, what = measure) => {
    const value = valueOf(node, month, what);
    return value < 0 ? "–" : amount(value * what.quantum, what.quantum === 1 ? 0 : what.quantum > 0.01 ? 1 : 2);
  };
  const isMine = (row, node) => {
    const events = world.events;
    return node < places ? events.place[row] === node : nodeOf(events.actor[row]) === node;
  };

  function drawLines() {
    const events = world.events, parts = [], end = world.upTo[month];
    for (let row = end - 1; row >= 0 && month - events.month[row] < 12; row -= 1) {
      const age = month - events.month[row], kind = data.lines[events.kind[row]];
      const from = nodeOf(events.actor[row]), to = events.place[row];
      // What is looked at stands out.
      const faint = looked >= 0 && !isMine(row, looked) ? 0.35 : 1;
      if (kind && age < FADES[kind] && from >= 0 && to >= 0) {
        parts.push(`<path class="line ${kind}" opacity="${(faint * (1 - age / FADES[kind])).toFixed(2)}" d="${map.arc(from, to)}"/>`);
      } else if (events.kind[row] === data.deal && age < DEAL_FADES && to >= 0) {
        const [x, y] = map.map.centres[to];
        parts.push(`<circle class="dealt" cx="${x}" cy="${y}" r="${(5 * map.pixel).toFixed(1)}" opacity="${(1 - age / DEAL_FADES).toFixed(2)}"/>`);
      }
    }
    if (looked >= 0) {
      const latest = new Map();
      for (let row = end - 1; row >= 0; row -= 1) {
        const from = nodeOf(events.actor[row]), to = events.place[row];
        if (data.lines[events.kind[row]] && from >= 0 && to >= 0 && isMine(row, looked)) {
          const other = looked < places ? from : to;
          if (!latest.has(other)) latest.set(other, [from, to, month - events.month[row]]);
        }
      }
      for (const [from, to, age] of latest.values()) {
        parts.push(`<path class="line own" opacity="${Math.max(0.15, 0.9 - age / 60).toFixed(2)}" d="${map.arc(from, to)}"/>`);
      }
    }
    map.lines.innerHTML = parts.join("");
  }

  function line(row, reason) {
    const events = world.events, why = reason ? say(events.reason[row]) : "";
    const item = make("li", {}, make("time", {}, monthName(world.first + events.month[row])),
      `${data.marks[events.mark[row]][0]} ${say(events.sentence[row])}`);
    if (why) item.append(make("div", { class: "quiet" }, why[0].toUpperCase() + why.slice(1)));
    return item;
  }
  function tellNews() {
    const events = world.events, rows = [];
    for (let at = month; at >= 0 && rows.length < NEWS; at -= 1) {
      const first = at ? world.upTo[at - 1] : 0, mine = [];
      for (let row = first; row < world.upTo[at]; row += 1) if (events.news[row]) mine.push(row);
      mine.sort((a, b) => events.news[a] - events.news[b] || a - b);
      rows.push(...mine.slice(0, NEWS).sort((a, b) => b - a));
    }
    news.replaceChildren(text("happens", "h2"),
      make("p", { class: "quiet" }, data.marks.map(([sign, name]) => `${sign} ${say(name)}`).join("   ")),
      make("ol", { class: "told" }, ...rows.slice(0, NEWS).map((row) => line(row, false))));
    if (!rows.length) news.append(text("nothing", "p"));
    relabel();
  }
  function tellStory() {
    if (looked < 0) {
      story.replaceChildren(text("begin", "p"));
      relabel();
      return;
    }
    const rows = [];
    for (let row = world.upTo[month] - 1; row >= 0; row -= 1) if (isMine(row, looked)) rows.push(row);
    const facts = make("dl");
    for (const one of data.measures) {
      if (looked < map.count && valueOf(looked, month, one) >= 0) {
        facts.append(make("dt", {}, say(one.title)), make("dd", {}, shown(looked, one)));
      }
    }
    story.replaceChildren(make("h2", {}, nameOf(looked)), make("p", { class: "quiet" }, monthName(world.first + month)), facts,
      text("story", "h3"), make("ol", { class: "told long", tabindex: 0, "data-label": "story" }, ...rows.slice(0, TOLD).map((row) => line(row, true))));
    if (!rows.length) story.append(text("nothing", "p"));
    if (rows.length > TOLD) story.append(make("p", { class: "quiet" }, word("more", { n: rows.length - TOLD })));
    relabel();
  }
  function point(node) {
    pointed.textContent = node < 0 ? "" : `${nameOf(node)}: ${say(measure.title)} ${shown(node)}`;
  }

  function show(wanted) {
    month = Math.min(Math.max(wanted, 0), world.months - 1);
    slider.value = month;
    when.textContent = monthName(world.first + month);
    slider.setAttribute("aria-valuetext", when.textContent);
    const steps = data.colours.length - 1, top = measure.high / measure.quantum;
    map.colour((node) => {
      const value = valueOf(node);
      return value < 0 ? "#ffffff" : value === 0 ? data.zero : data.colours[Math.min(steps, Math.round(steps * value / top))];
    });
    drawLines();
    // While months fly by, what is read at rest is renewed twice a second.
    if (!playing || performance.now() - told > 500) {
      told = performance.now();
      tellNews();
      tellStory();
    }
  }
  function run(on) {
    playing = on;
    play.textContent = on ? "❚❚" : "▶";
    play.dataset.label = on ? "pause" : "play";
    clearTimeout(timer);
    if (on && month >= world.months - 1) show(0);
    if (on) tick(); else if (world) show(month);
    relabel();
  }
  function tick() {
    const begun = performance.now();
    show(month + 1);
    if (month >= world.months - 1) { run(false); return; }
    timer = setTimeout(tick, Math.max(0, 1000 / Number(speed.value) - (performance.now() - begun)));
  }
  function choose(node) {
    looked = node;
    map.frame(node);
    show(month);
  }
  function take(number) {
    world = data.worlds[number];
    slider.max = world.months - 1;
    show(Math.min(month ?? 0, world.months - 1));
    title();
  }
  function title() {
    $("title").textContent = say(world.title);
    $("question").textContent = say(world.question);
    document.title = `${say(world.title)} – Paradiplomacy`;
    $("note").textContent = word("world_note", { seed: world.seed, run: world.run, version: data.version });
  }
  const named = () => {
    const found = new Map();
    data.places.forEach((number, node) => found.set(say(number), node));
    data.actors.name.forEach((number, actor) => { if (!found.has(say(number))) found.set(say(number), nodeOf(actor)); });
    return found;
  };
  let names = new Map();

  slider.addEventListener("input", () => { month = Number(slider.value); run(false); });
  which.addEventListener("change", () => { measure = data.measures[which.value]; show(month); changed(); });
  worlds.addEventListener("change", () => { run(false); take(worlds.value); });
  find.addEventListener("change", () => { if (names.has(find.value)) choose(names.get(find.value)); });

  function changed() {
    names = named();
    choices.replaceChildren(...[...names.keys()].map((name) => make("option", { value: name })));
    find.placeholder = word("placeholder");
    data.measures.forEach((one, number) => { which.options[number].textContent = say(one.title); });
    data.worlds.forEach((one, number) => { worlds.options[number].textContent = say(one.title); });
    const ramp = make("span", { class: "ramp", style: `background:linear-gradient(to right,${data.colours.join(",")})` });
    const box = (colour) => make("span", { class: "box", style: `background:${colour}` });
    legend.replaceChildren(make("span", {}, "0", ramp, amount(measure.high, 0)), make("span", {}, box(data.zero), word("none_yet")),
      make("span", { style: "white-space:normal" }, `${say(measure.title)}: ${say(measure.unit)}`));
    lines.replaceChildren(...["inward", "outward", "twinned", "own"].map((kind) => {
      const sample = draw("svg", { "aria-hidden": "true" }, null);
      draw("path", { class: `line ${kind}`, d: "M0 6H30" }, sample);
      return make("span", {}, sample, word(`line_${kind}`));
    }));
    const dot = draw("svg", { "aria-hidden": "true" }, null);
    draw("circle", { class: "dealt", cx: 15, cy: 6, r: 5 }, dot);
    lines.append(make("span", {}, dot, word("deal_dot")));
    map.relabel(`${word("map_name")}: ${say(measure.title)}, ${say(measure.unit)}`);
    title();
    show(month);
  }
  month = 0;
  const wanted = /^(\d{4})-(\d\d)$/.exec(asked.get("month") || "");
  world = data.worlds[0];
  if (wanted) month = (Number(wanted[1]) - 2000) * 12 + Number(wanted[2]) - 1 - world.first;
  looked = data.codes.indexOf(asked.get("look") || world.focus);
  map.frame(looked);
  slider.max = world.months - 1;
  return changed;
});

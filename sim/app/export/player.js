// Play recorded worlds: the map month by month, the news, the story of what is looked at.
const FADES = { inward: 2, outward: 2, twinned: 12 }, DEAL_FADES = 9, NEWS = 12, TOLD = 60, ROWS = 8, FASTEST = 20;

begin((page) => {
  // What is looked at: localities, then actors. The map numbers what it draws.
  const places = data.places.length, actors = data.actors;
  const onMap = (target) => (target < places ? target : actors.node[target - places]);
  let world, month, measure = data.measures[0], looked = -1, playing = false, timer = 0, told = 0;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

  for (const one of data.worlds) {
    for (const name of Object.keys(one.values)) one.values[name] = prefix(one.values[name]);
    one.ties.trust = prefix(one.ties.trust);
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
  const story = make("section", { class: "panel", id: "story", "data-label": "portrait", tabindex: -1 });
  const news = make("section", { class: "panel", id: "news", "data-label": "happens" });
  page.append(
    make("div", { class: "row", role: "group", "data-label": "controls" },
      button("rewind", "|◀", () => { run(false); show(0); }), button("back", "◀", () => { run(false); show(month - 1); }),
      play, button("step", "▶|", () => { run(false); show(month + 1); }), when, slider),
    make("div", { class: "row" }, chooser, field("measure", which), field("speed", speed)),
    make("div", { class: "parts" }, left, right));
  const map = new WorldMap(left, (node) => choose(node < places ? node : places + actors.node.indexOf(node)), point, changed);
  which.parentNode.after(field("kind", map.chooser));
  map.redraw = () => { if (world) drawLines(); };
  const note = make("p", { class: "quiet" });
  left.append(pointed, legend, lines, note);
  right.append(find, choices, story, news);

  const nodeOf = (actor) => (actor < 0 ? -1 : actors.node[actor]);
  const nameOf = (target) => say(target < places ? data.places[target] : actors.name[target - places]);
  const valueOf = (node, at = month, what = measure) => {
    const row = world.values[what.name][at];
    return node < row.length ? row[node] : -1;
  };
  const shown = (node, what = measure) => {
    const value = valueOf(node, month, what);
    return value < 0 ? "–" : amount(value * what.quantum, what.quantum === 1 ? 0 : what.quantum > 0.01 ? 1 : 2);
  };
  // The events of a locality and of projects there, or of an actor and its projects, in their order.
  function rowsOf(target) {
    const events = world.events, end = world.upTo[month], number = events.project.number, rows = [];
    if (target < places) {
      for (let row = 0; row < end; row += 1) if (events.place[row] === target) rows.push(row);
      return rows;
    }
    const actor = target - places, projects = new Set();
    for (let row = 0; row < end; row += 1) if (events.actor[row] === actor && number[row] >= 0) projects.add(number[row]);
    for (let row = 0; row < end; row += 1) if (events.actor[row] === actor || projects.has(number[row])) rows.push(row);
    return rows;
  }
  const isMine = (row, target) => (target < places ? world.events.place[row] === target : world.events.actor[row] === target - places);

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
  function link(target, others = {}) {
    if (target in others) return say(others[target]);
    if (target < 0) return "–";
    const node = make("button", { type: "button", class: "link" }, nameOf(target));
    node.addEventListener("click", () => { choose(target); story.focus(); });
    return node;
  }
  function table(title, heads, rows, most = ROWS) {
    const part = [make("h3", {}, title)];
    if (rows.length) {
      part.push(make("div", { class: "tablewrap tied", tabindex: 0, role: "group", "aria-label": title }, make("table", {},
        make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, word(head))))),
        make("tbody", {}, ...rows.slice(0, most).map((cells) => make("tr", {}, ...cells.map((cell) => make("td", {}, cell))))))));
    } else part.push(make("p", {}, word("none")));
    return part;
  }
  function tiesOf(target) {
    const ties = world.ties, trust = ties.trust[month], rows = [], now = world.first + month;
    const mine = target < places ? ties.place : ties.actor, number = target < places ? target : target - places;
    for (let tie = 0; tie < mine.length; tie += 1) {
      const twinned = ties.twinned[tie] >= 0 && ties.twinned[tie] <= now;
      if (mine[tie] === number && (trust[tie] > 0 || twinned)) rows.push([tie, twinned]);
    }
    const other = (tie) => (target < places ? link(places + ties.actor[tie]) : link(ties.place[tie], ties.other));
    rows.sort((a, b) => trust[b[0]] - trust[a[0]] || a[0] - b[0]);
    return table(word("ties", { n: rows.length }), ["with", "trust", "since", "twinned"], rows.map(([tie, twinned]) =>
      [other(tie), amount(trust[tie] / 100, 2),
        shortMonth(ties.since[tie]), twinned ? shortMonth(ties.twinned[tie]) : "–"]));
  }
  function projectsOf(target, rows) {
    const events = world.events, project = events.project, known = new Map();
    for (const row of rows) {
      const number = project.number[row], stage = data.stages[events.kind[row]];
      if (number < 0 || stage === undefined) continue;
      const one = known.get(number) || { firm: -1 };
      if (data.with_firm.includes(events.kind[row]) && events.actor[row] >= 0) one.firm = places + events.actor[row];
      known.delete(number);
      known.set(number, { ...one, stage, place: events.place[row], month: events.month[row] });
    }
    const latest = [...known].reverse();
    return table(word("projects", { n: latest.length }), ["sector", target < places ? "firm" : "place", "value", "stage", "since"],
      latest.map(([number, one]) => [say(project.sector[number]), link(target < places ? one.firm : one.place),
        project.value[number] < 0 ? "–" : say(project.value[number]), say(one.stage), shortMonth(world.first + one.month)]));
  }
  function tellStory() {
    if (looked < 0) {
      story.replaceChildren(text("begin", "p"));
      relabel();
      return;
    }
    const rows = rowsOf(looked), facts = make("dl"), parts = [], actor = looked - places, node = onMap(looked);
    const fact = (name, value) => facts.append(make("dt", {}, name), make("dd", {}, value));
    if (actor >= 0 && actors.home[actor] >= 0) fact(word("home"), link(places + actors.home[actor]));
    const drawn = actor < 0 || actors.node.indexOf(node) === actor;
    for (const one of data.measures) if (drawn && node >= 0 && valueOf(node, month, one) >= 0) fact(say(one.title), shown(node, one));
    const firms = actors.home.flatMap((home, firm) => (actor >= 0 && home === actor ? [firm] : []));
    if (firms.length) {
      const deals = data.measures.find((one) => one.name === "deals");
      parts.push(...table(word("firms_here"), ["firm", "deals_so_far"], firms.map((firm) => [link(places + firm), shown(actors.node[firm], deals)]), firms.length));
    }
    story.replaceChildren(make("h2", {}, nameOf(looked)), make("p", { class: "quiet" }, monthName(world.first + month)), facts,
      ...tiesOf(looked), ...parts, ...projectsOf(looked, rows), text("story", "h3"),
      make("ol", { class: "told long", tabindex: 0, "data-label": "story" }, ...rows.reverse().slice(0, TOLD).map((row) => line(row, true))));
    if (!rows.length) story.append(text("nothing", "p"));
    if (rows.length > TOLD) story.append(make("p", { class: "quiet" }, word("more", { n: rows.length - TOLD })));
    relabel();
  }
  function point(node) {
    const target = node < places ? node : places + actors.node.indexOf(node);
    pointed.textContent = node < 0 ? "" : `${nameOf(target)}: ${say(measure.title)} ${shown(node)}`;
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
  function choose(target) {
    looked = target;
    map.frame(onMap(target));
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
    [...data.places, ...actors.name].forEach((number, target) => { if (!found.has(say(number))) found.set(say(number), target); });
    return found;
  };
  let names = new Map();

  slider.addEventListener("input", () => { month = Number(slider.value); run(false); });
  which.addEventListener("change", () => { measure = data.measures[which.value]; show(month); changed(); });
  worlds.addEventListener("change", () => { run(false); take(worlds.value); });
  // A field that is left tells of its text again, while the mouse may be down on what it would draw anew.
  find.addEventListener("change", () => { const target = names.get(find.value); if (target !== undefined && target !== looked) choose(target); });

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
    note.textContent = word(`note_${map.chooser.value}`);
    map.relabel(`${word("map_name")}: ${say(measure.title)}, ${say(measure.unit)}`);
    title();
    show(month);
  }
  month = 0;
  const wanted = /^(\d{4})-(\d\d)$/.exec(asked("month"));
  world = data.worlds[0];
  if (wanted) month = (Number(wanted[1]) - 2000) * 12 + Number(wanted[2]) - 1 - world.first;
  looked = data.codes.indexOf(asked("look") || world.focus);
  if (looked >= 0) map.frame(looked);
  slider.max = world.months - 1;
  return changed;
});

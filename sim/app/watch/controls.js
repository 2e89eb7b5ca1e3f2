// The controls of the tab Watch, and the clock that asks for months.
export function render({ model, el }) {
  const words = model.labels;
  const make = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  };
  const button = (name, sign, action) => {
    const node = make("button", { type: "button", "data-name": name, "aria-label": words[name],
      title: words[name] }, sign);
    node.addEventListener("click", action);
    return node;
  };
  const seek = (month) => { model.sought = month; model.moves = model.moves + 1; };

  const play = button("play", "▶", () => { model.playing = !model.playing; });
  play.classList.add("main");
  const rewind = button("rewind", "|◀", () => { model.playing = false; seek(model.first); });
  const back = button("back", "◀", () => { model.playing = false; seek(model.month - 1); });
  const step = button("step", "▶|", () => { model.playing = false; seek(model.month + 1); });

  const when = make("output", { class: "when", "aria-live": "off" });
  const slider = make("input", { type: "range", step: "1", "aria-label": words.month });
  // The month the slider was put to, until the server has heard of it.
  let waiting = null, put = null;
  slider.addEventListener("input", () => {
    model.playing = false;
    clearTimeout(waiting);
    put = Number(slider.value);
    waiting = setTimeout(() => seek(put), 60);
  });
  const known = make("span", { class: "known" });
  const awaited = make("span", { class: "awaited", role: "status" });

  const field = (name, node) => make("label", { class: "field" }, make("span", {}, words[name]), node);
  const speed = make("input", { type: "range", min: "1", max: String(model.fastest), step: "1",
    "data-name": "speed" });
  const speedText = make("output", {});
  speed.addEventListener("input", () => { model.speed = Number(speed.value); });
  const speedField = field("speed", speed);
  speedField.append(speedText);
  const measure = make("select", { "data-name": "measure" });
  for (const [name, title] of model.measures) measure.append(make("option", { value: name }, title));
  measure.addEventListener("change", () => { model.measure = measure.value; });
  const kinds = make("div", { class: "switch", role: "group", "aria-label": words.kind });
  for (const [name, title] of model.kinds) {
    const choice = make("button", { type: "button", "data-kind": name }, title);
    choice.addEventListener("click", () => { model.kind = name; });
    kinds.append(choice);
  }
  const seed = make("input", { type: "number", min: "0", max: String(model.highest_seed), step: "1",
    "data-name": "seed" });
  seed.required = true;
  const restart = button("restart", words.restart, () => {
    if (!seed.checkValidity()) { seed.reportValidity(); return; }
    const wanted = Number(seed.value);
    model.playing = false;
    model.seed = wanted;
    model.restarts = model.restarts + 1;
  });
  restart.removeAttribute("aria-label");
  const chance = button("another", words.another, () => {
    seed.value = String(Math.floor(Math.random() * 100000));
    restart.click();
  });
  chance.removeAttribute("aria-label");

  const first = make("div", { class: "row" }, rewind, back, play, step, when, slider, known, awaited);
  const second = make("div", { class: "row" }, kinds, field("measure", measure), speedField,
    field("seed", seed), restart, chance);
  const group = make("div", { role: "group", "aria-label": words.controls }, first, second);
  el.append(group);

  // The clock: a month is asked for when it is due and all but one before it are drawn.
  let pending = 0, due = 0, timer = null;
  const ask = () => {
    timer = null;
    if (!model.playing || pending > 1) return;
    const wait = due - performance.now();
    if (wait > 1) { timer = setTimeout(ask, wait); return; }
    due = Math.max(performance.now() - 50, due) + 1000 / model.speed;
    pending += 1;
    model.asked = model.asked + 1;
    if (pending < 2) timer = setTimeout(ask, 1000 / model.speed);
  };
  const drawn = () => { pending = Math.max(pending - 1, 0); if (timer === null) ask(); };

  const showPlaying = () => {
    play.textContent = model.playing ? "❚❚" : "▶";
    const name = model.playing ? words.pause : words.play;
    play.setAttribute("aria-label", name); play.title = name;
    pending = 0;
    if (model.playing) { due = performance.now(); ask(); }
  };
  const showMonth = () => {
    when.textContent = model.when;
    slider.min = String(model.first); slider.max = String(model.last);
    if (put === model.month || put === model.aim) put = null;
    // The slider stays where the visitor put it while that month is computed.
    slider.value = String(put ?? (model.awaited ? model.aim : model.month));
    slider.setAttribute("aria-valuetext", model.awaited || model.when);
    awaited.textContent = model.awaited ? words.awaited.replace("{month}", model.awaited) : "";
    back.disabled = model.month <= model.first;
    step.disabled = model.month >= model.last;
  };
  const showKnown = () => {
    const share = (model.known - model.first + 1) / Math.max(model.last - model.first + 1, 1);
    slider.style.setProperty("--known", `${Math.round(100 * share)}%`);
    const percent = `${Math.round(100 * share)}\u00a0%`;
    known.textContent = model.known < model.last ? words.known.replace("{share}", percent) : "";
  };
  const showSpeed = () => {
    speed.value = String(model.speed);
    speedText.textContent = words.pace[model.speed - 1];
    speed.setAttribute("aria-valuetext", speedText.textContent);
  };
  const showMeasure = () => { measure.value = model.measure; };
  const showKind = () => {
    for (const choice of kinds.children)
      choice.setAttribute("aria-pressed", String(choice.dataset.kind === model.kind));
  };
  const showSeed = () => { seed.value = String(model.seed); };
  model.on("playing", showPlaying);
  model.on("shown", () => { requestAnimationFrame(drawn); });
  for (const name of ["month", "when", "awaited", "aim"]) model.on(name, showMonth);
  model.on("known", showKnown); model.on("last", showMonth);
  model.on("speed", showSpeed); model.on("measure", showMeasure); model.on("seed", showSeed);
  model.on("kind", showKind);
  for (const show of [showPlaying, showMonth, showKnown, showSpeed, showMeasure, showKind, showSeed]) show();
  model.on("remove", () => { clearTimeout(timer); clearTimeout(waiting); });
}

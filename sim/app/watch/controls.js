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
  let waiting = null;
  slider.addEventListener("input", () => {
    model.playing = false;
    clearTimeout(waiting);
    waiting = setTimeout(() => seek(Number(slider.value)), 60);
  });
  const known = make("span", { class: "known" });

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
  const seed = make("input", { type: "number", min: "0", max: String(model.highest_seed), step: "1",
    "data-name": "seed" });
  const restart = button("restart", words.restart, () => {
    const wanted = Math.trunc(Number(seed.value));
    if (!Number.isFinite(wanted)) return;
    model.playing = false;
    model.seed = Math.min(Math.max(wanted, 0), model.highest_seed);
    model.restarts = model.restarts + 1;
  });
  restart.removeAttribute("aria-label");
  const chance = button("another", words.another, () => {
    seed.value = String(Math.floor(Math.random() * 100000));
    restart.click();
  });
  chance.removeAttribute("aria-label");

  const first = make("div", { class: "row" }, rewind, back, play, step, when, slider, known);
  const second = make("div", { class: "row" }, field("measure", measure), speedField,
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
    slider.value = String(model.month);
    slider.setAttribute("aria-valuetext", model.when);
    back.disabled = model.month <= model.first;
    step.disabled = model.month >= model.last;
  };
  const showKnown = () => {
    const share = (model.known - model.first + 1) / Math.max(model.last - model.first + 1, 1);
    slider.style.setProperty("--known", `${Math.round(100 * share)}%`);
    known.textContent = model.known < model.last ? `${Math.round(100 * share)} %` : "";
    known.title = words.known;
  };
  const showSpeed = () => {
    speed.value = String(model.speed);
    speedText.textContent = words.pace[model.speed - 1];
    speed.setAttribute("aria-valuetext", speedText.textContent);
  };
  const showMeasure = () => { measure.value = model.measure; };
  const showSeed = () => { seed.value = String(model.seed); };
  model.on("playing", showPlaying);
  model.on("shown", () => { requestAnimationFrame(drawn); });
  model.on("month", showMonth); model.on("when", showMonth);
  model.on("known", showKnown); model.on("last", showMonth);
  model.on("speed", showSpeed); model.on("measure", showMeasure); model.on("seed", showSeed);
  for (const show of [showPlaying, showMonth, showKnown, showSpeed, showMeasure, showSeed]) show();
  model.on("remove", () => { clearTimeout(timer); clearTimeout(waiting); });
}

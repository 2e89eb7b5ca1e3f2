// A slider for each parameter, with its exact value and the way back to the default.
const KEYS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10,
  PageDown: -10, Home: -Infinity, End: Infinity };
const within = (lever, value) => Math.min(lever.high, Math.max(lever.low, value));
// Where a pointer lets go: the default if it is near, else a whole number of steps.
const snapped = (lever, value) => {
  if (Math.abs(value - lever.usual) < lever.step / 2) return lever.usual;
  const round = Number((Math.round(value / lever.step) * lever.step).toPrecision(10));
  return within(lever, round);
};
// Where a key leads: never past the default without stopping there.
const stepped = (lever, value, steps) => {
  const aim = snapped(lever, within(lever, value + steps * lever.step));
  const passed = (lever.usual - value) * (lever.usual - aim) < 0;
  return passed && Math.abs(steps) === 1 ? lever.usual : aim;
};
export function render({ model, el }) {
  const narrow = window.matchMedia("(max-width: 900px)").matches;
  const texts = model.texts, rows = new Map(), boxes = [];
  let moving = null, following = null, resting = null;
  const send = (name, value) => {
    clearTimeout(following); clearTimeout(resting);
    following = resting = null;
    model.send_msg({ name, value });
  };
  // The result follows a slider that moves; the settings change where it comes to rest.
  const follow = (name, value) => {
    moving = { name, value, moving: true };
    following ??= setTimeout(() => { following = null; model.send_msg(moving); }, 50);
  };
  // Keys held down make many steps.
  const rest = (name, value) => {
    follow(name, value);
    clearTimeout(resting); resting = setTimeout(() => send(name, value), 150);
  };
  const make = (tag, cls, text) => {
    const node = document.createElement(tag);
    if (cls) node.className = cls;
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const search = make("label", "find", texts.find);
  const field = make("input"); field.type = "search"; search.append(field);
  const none = make("p", "none", texts.none); none.hidden = true;
  if (model.groups.length > 1) el.append(search, none);
  for (const group of model.groups) {
    const box = make(group.title ? "details" : "div"), head = make("summary");
    // A narrow screen has no room for what is not asked for.
    box.open = group.open && !narrow;
    const count = make("span", "count");
    head.append(make("span", "", group.title), count);
    if (group.title) box.append(head);
    const members = [];
    for (const lever of group.levers) {
      const row = make("div", "lever"), label = make("label", "", lever.label);
      const slider = make("input"), number = make("input"), usual = make("button", "usual");
      slider.type = "range"; slider.min = lever.low; slider.max = lever.high;
      // A step of the browser's own would round the default and what is typed or linked.
      slider.step = "any"; slider.id = "s-" + lever.name; label.htmlFor = slider.id;
      slider.dataset.name = lever.name;
      number.type = "number"; number.min = lever.low; number.max = lever.high;
      number.step = "any"; number.setAttribute("aria-label", texts.exact + ": " + lever.label);
      const track = make("div", "track"), pin = make("span", "pin");
      const share = (lever.usual - lever.low) / (lever.high - lever.low);
      pin.style.left = `calc(${100 * share}% + ${8 - 16 * share}px)`;
      pin.setAttribute("aria-hidden", "true");
      track.append(slider, pin);
      usual.type = "button"; usual.textContent = "▲ " + lever.mark;
      usual.title = texts.reset;
      usual.setAttribute("aria-label", texts.reset + ": " + lever.mark + ", " + lever.name);
      const more = make("details", "more");
      more.append(make("summary", "", lever.range), make("p", "", lever.source),
        make("p", "code", lever.name));
      const line = make("div", "line"); line.append(track, number);
      const under = make("div", "under"); under.append(usual, more);
      const effect = make("p", "effect");
      row.append(label, line, under);
      if (lever.less) {
        const ends = make("div", "ends");
        ends.append(make("span", "", lever.less), more, make("span", "", lever.more));
        // The exact value is a step further: a lever is first of all one stop of the tabulator.
        more.append(number); line.append(usual);
        under.replaceWith(ends, effect);
      }
      slider.addEventListener("input", () => {
        slider.value = snapped(lever, Number(slider.value)); number.value = slider.value;
        follow(lever.name, Number(slider.value));
      });
      slider.addEventListener("keydown", (event) => {
        const steps = KEYS[event.key];
        if (steps === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        slider.value = stepped(lever, Number(slider.value), steps);
        number.value = slider.value; rest(lever.name, Number(slider.value));
      });
      slider.addEventListener("change", () => send(lever.name, Number(slider.value)));
      number.addEventListener("change", () => {
        if (number.value === "" || !number.checkValidity()) { number.reportValidity(); return; }
        slider.value = number.value; send(lever.name, Number(number.value));
      });
      usual.addEventListener("click", () => {
        slider.value = lever.usual; number.value = lever.usual; send(lever.name, lever.usual);
      });
      rows.set(lever.name, { row, slider, number, usual, lever, effect });
      members.push({ row, lever });
      box.append(row);
    }
    boxes.push({ box, members, count });
    el.append(box);
  }
  const show = () => {
    for (const [name, { row, slider, number, usual, lever }] of rows) {
      const value = model.values[name] ?? lever.usual;
      // Nothing takes a slider out of the hand.
      if (slider.matches(":active") || (resting && name === moving.name)) continue;
      slider.value = value; number.value = Number(value.toPrecision(10));
      slider.setAttribute("aria-valuetext", String(Number(value.toPrecision(10))));
      row.classList.toggle("changed", value !== lever.usual);
      // What is where it was has no way back, and no stop of the tabulator for it.
      if (value === lever.usual && usual.matches(":focus")) slider.focus();
      usual.disabled = value === lever.usual;
    }
    for (const { box, members, count } of boxes) {
      const changed = members.filter(({ lever }) => model.values[lever.name] !== lever.usual);
      count.textContent = changed.length ? texts.changed[changed.length] : "";
      if (changed.length) box.open = true;
    }
  };
  field.addEventListener("input", () => {
    const wanted = field.value.trim().toLowerCase();
    let any = false;
    for (const { box, members } of boxes) {
      let found = false;
      for (const { row, lever } of members) {
        const hit = (lever.label + " " + lever.name).toLowerCase().includes(wanted);
        row.hidden = !hit; found = found || hit;
      }
      box.hidden = !found; any = any || found;
      if (wanted && found) box.open = true;
    }
    none.hidden = any;
  });
  const tell = () => {
    for (const [name, { effect }] of rows)
      effect.textContent = name === model.effect[0] ? model.effect[1] : "";
  };
  model.on("values", show); model.on("effect", tell); show(); tell();
}

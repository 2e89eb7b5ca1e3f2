// The phases of the month, lit one after the other.
export function render({ model, el }) {
  const list = document.createElement("ol");
  list.className = "phases";
  list.setAttribute("aria-label", model.labels.phases);
  const items = model.phases.map(([title, mark, steps]) => {
    const item = document.createElement("li");
    item.title = steps;
    const sign = document.createElement("span"); sign.textContent = mark; sign.className = "mark";
    sign.setAttribute("aria-hidden", "true");
    const name = document.createElement("span"); name.textContent = title;
    const count = document.createElement("span"); count.className = "count";
    item.append(sign, name, count);
    list.append(item);
    return [item, count];
  });
  el.append(list);
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  let timers = [];
  const light = () => {
    timers.forEach(clearTimeout); timers = [];
    const each = model.milliseconds / items.length;
    // Too fast to be followed, or not wanted.
    const fast = model.milliseconds < 90 || still.matches;
    items.forEach(([item, count], i) => {
      const on = () => {
        const events = model.counts[i] ?? 0;
        count.textContent = String(events);
        item.classList.toggle("busy", events > 0);
        if (!fast) items.forEach(([other], j) => other.classList.toggle("lit", j === i));
      };
      if (fast) on();
      else timers.push(setTimeout(on, i * each));
    });
    timers.push(setTimeout(() => items.forEach(([item]) => item.classList.remove("lit")),
      model.milliseconds + 250));
  };
  model.on("number", light);
  light();
  model.on("remove", () => timers.forEach(clearTimeout));
}

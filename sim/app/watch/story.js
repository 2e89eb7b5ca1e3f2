// The story over the map: captions, numbers that move with it, and the way on.
export function render({ model, el }) {
  const words = model.labels;
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const make = (tag, text, name) => {
    const node = document.createElement(tag);
    if (text !== undefined) node.textContent = text;
    if (name) node.className = name;
    return node;
  };
  const go = (step) => model.send_msg({ step, still: still.matches });
  const button = (text, action, name) => {
    const node = make("button", text, name); node.type = "button";
    node.addEventListener("click", action);
    return node;
  };
  const card = make("section", undefined, "card"); card.setAttribute("aria-label", words.title);
  const head = make("p", undefined, "subtitle"), said = make("div");
  said.setAttribute("aria-live", "polite");
  const title = make("h2"), why = make("p", undefined, "why");
  const model_ = make("p"), record = make("p", undefined, "record");
  said.append(title, why, model_, record);
  const numbers = make("dl", undefined, "numbers");
  const next = button(words.next, () => go(model.at + 1), "main");
  const back = button(words.back, () => go(model.at - 1));
  const skip = button(words.skip, () => go(-1));
  const ask = button(words.why, () => model.send_msg({ open: "why" }));
  const what = button(words.what_if, () => model.send_msg({ open: "what_if" }));
  const row = make("div", undefined, "row"); row.append(back, next, ask, what, skip);
  card.append(head, said, numbers, row);
  const again = button(words.title, () => go(0));
  el.append(card, again);
  const last = () => model.captions.length - 1;
  const labelled = (node, label, text) => node.replaceChildren(make("b", label + " "), text ?? "");
  const show = () => {
    const told = model.at >= 0, at = Math.min(model.at, last());
    const focused = card.contains(card.getRootNode().activeElement);
    card.hidden = !told; again.hidden = told;
    if (!told) { if (focused) again.focus(); return; }
    const caption = model.captions[at];
    head.textContent = words.title + (last() ? ` · ${at + 1} / ${last() + 1}` : "");
    if (title.textContent !== caption.title || why.textContent !== caption.why) {
      title.textContent = caption.title; why.textContent = caption.why;
    }
    // What happens is told when the map shows it.
    if (model.waits) model_.textContent = model.waits; else labelled(model_, words.model, caption.model);
    record.hidden = Boolean(model.waits);
    labelled(record, words.record, caption.record);
    // Sources are cited in the language of the record, whatever the page's.
    const source = make("span", caption.source); source.lang = "en";
    if (caption.source) record.append(" ", source);
    const ends = last() > 0 && at === last();
    back.disabled = at === 0; next.disabled = last() === 0;
    next.hidden = ends; ask.hidden = what.hidden = !ends;
    skip.textContent = ends ? words.explore : words.skip;
    skip.classList.toggle("main", ends);
    if (focused && !card.contains(card.getRootNode().activeElement)) skip.focus();
  };
  const count = () => numbers.replaceChildren(...model.numbers.map(([name, value]) => {
    const pair = make("div"); pair.append(make("dt", name), make("dd", value));
    return pair;
  }));
  card.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowRight" && model.at < last()) go(model.at + 1);
    else if (event.key === "ArrowLeft" && model.at > 0) go(model.at - 1);
    else if (event.key === "Escape") go(-1);
    else return;
    event.preventDefault();
  });
  for (const name of ["captions", "at", "waits"]) model.on(name, () => queueMicrotask(show));
  model.on("numbers", count);
  show(); count();
  // Whether months may fly by is the browser's to say.
  if (model.at >= 0) go(model.at);
}

export function render({ model, el }) {
  const bar = document.createElement("div"); bar.className = "bar";
  const nav = document.createElement("nav"); nav.className = "tabs";
  nav.setAttribute("aria-label", model.labels[0]);
  const lang = document.createElement("nav"); lang.className = "languages";
  lang.setAttribute("aria-label", model.labels[1]);
  for (const [name, title] of model.tabs) {
    const button = document.createElement("button");
    button.type = "button"; button.textContent = title; button.dataset.name = name;
    button.addEventListener("click", () => { model.active = name; });
    nav.append(button);
  }
  for (const [code, title] of model.languages) {
    const link = document.createElement("a");
    link.textContent = title; link.lang = code; link.hreflang = code;
    link.href = "?lang=" + encodeURIComponent(code);
    if (code === model.language) link.setAttribute("aria-current", "true");
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const url = new URL(window.location.href);
      url.searchParams.set("lang", code);
      window.location.assign(url.href);
    });
    lang.append(link);
  }
  const large = document.createElement("button");
  large.type = "button"; large.className = "large"; large.textContent = model.labels[2];
  large.addEventListener("click", () => { model.large = !model.large; });
  const size = () => {
    large.setAttribute("aria-pressed", String(model.large));
    document.documentElement.classList.toggle("projector", model.large);
  };
  model.on("large", size); size();
  const mark = () => {
    for (const button of nav.children) {
      if (button.dataset.name === model.active) button.setAttribute("aria-current", "page");
      else button.removeAttribute("aria-current");
    }
  };
  model.on("active", mark); mark();
  bar.append(nav, large, lang); el.append(bar);

  // What a visitor does makes one entry of the history; what follows by itself makes none, nor do
  // months that pass and how fast they do.
  const PASSING = ["watch.month", "watch.speed"];
  const lasting = (query) => {
    const fields = new URLSearchParams(query);
    for (const name of PASSING) fields.delete(name);
    return fields.toString();
  };
  let acted = false, returns = 0, written = null;
  const act = () => { acted = true; };
  const gestures = ["pointerdown", "keydown", "input", "click"];
  for (const name of gestures) window.addEventListener(name, act, true);
  const write = () => {
    const { query, returns: answered } = model.address;
    // An answer to an earlier step back would undo the next one.
    if (answered !== returns || query === written) return;
    const step = acted && written !== null && lasting(query) !== lasting(written);
    window.history[step ? "pushState" : "replaceState"]({}, "", window.location.pathname + query);
    written = query;
    if (step) acted = false;
  };
  const back = () => {
    if (window.location.search === written) return;
    acted = false; returns += 1; written = window.location.search;
    model.send_msg({ query: written, returns });
  };
  window.addEventListener("popstate", back);
  model.on("address", write); write();
  model.on("remove", () => {
    for (const name of gestures) window.removeEventListener(name, act, true);
    window.removeEventListener("popstate", back);
  });
}

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
  const mark = () => {
    for (const button of nav.children) {
      if (button.dataset.name === model.active) button.setAttribute("aria-current", "page");
      else button.removeAttribute("aria-current");
    }
  };
  model.on("active", mark); mark();
  bar.append(nav, lang); el.append(bar);
}

// The latest news.
export function render({ model, el }) {
  const title = document.createElement("h2"); title.textContent = model.title;
  const list = document.createElement("ol"); list.className = "happenings"; list.tabIndex = 0;
  // Items of a list with another role would belong to none.
  const log = document.createElement("div"); log.append(list);
  log.setAttribute("role", "log"); log.setAttribute("aria-label", model.title);
  const legend = document.createElement("p"); legend.className = "legend";
  legend.textContent = model.legend;
  const show = () => {
    log.setAttribute("aria-live", model.live ? "polite" : "off");
    let last = "";
    list.replaceChildren(...model.lines.map(([month, mark, text]) => {
      const item = document.createElement("li");
      const when = document.createElement("span"); when.className = "when";
      when.textContent = month === last ? "" : month;
      last = month;
      const sign = document.createElement("span"); sign.textContent = mark + " ";
      sign.setAttribute("aria-hidden", "true");
      const words = document.createElement("span"); words.textContent = text;
      item.append(when, sign, words);
      return item;
    }));
  };
  model.on("lines", show); model.on("live", show); show();
  el.append(title, log, legend);
}

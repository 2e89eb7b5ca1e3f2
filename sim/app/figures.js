// A figure is an image with a name, not a stop of the tabulator: it has nothing for the keyboard,
// and what it shows stands in words and tables beside it.
// Its type is of the size of the page's: in large type it is larger, too.
(() => {
  const LARGE = 1.4, usual = new WeakMap(), plots = new Set();
  const size = (plot) => {
    const times = document.documentElement.classList.contains("projector") ? LARGE : 1;
    for (const model of plot.references()) {
      for (const property of model) {
        if (!property.attr.endsWith("font_size") || property.is_unset) continue;
        const own = usual.get(property) ?? property.get_value();
        if (!usual.has(property)) { if (times === 1) continue; usual.set(property, own); }
        const larger = (text) => String(text).replace(/[\d.]+/, (n) => n * times);
        const value = typeof own === "string" ? larger(own) : { ...own, value: larger(own.value) };
        if (typeof own === "string" || own?.value) model.setv({ [property.attr]: value }, { sync: false });
      }
    }
  };
  const sizes = () => {
    for (const plot of plots) {
      if (!plot.document) { plots.delete(plot); continue; }
      size(plot);
      plot.properties.inner_width.change.emit();
    }
  };
  new MutationObserver(sizes).observe(document.documentElement, { attributeFilter: ["class"] });
  const name = () => {
    const view = Bokeh.Models.get("Canvas").prototype.default_view.prototype;
    const render = view.render;
    view.render = function () {
      render.call(this);
      const plot = this.parent?.model, events = this.events_el;
      if (plot) { plots.add(plot); setTimeout(() => size(plot)); }
      events.tabIndex = -1;
      events.setAttribute("role", "img");
      const words = [plot?.tags?.[0], plot?.title?.text, plot?.name];
      events.setAttribute("aria-label", words.find((text) => typeof text === "string" && text) ?? "");
    };
  };
  if (window.Bokeh) name(); else window.addEventListener("DOMContentLoaded", name);
})();

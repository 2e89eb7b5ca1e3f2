export function render({ model, el }) {
  const nav = document.createElement("nav"), list = document.createElement("ol");
  nav.setAttribute("aria-label", model.label); nav.append(list); el.append(nav);
  const buttons = model.lessons.map(([name, title], index) => {
    const item = document.createElement("li"), button = document.createElement("button");
    const count = document.createElement("span");
    count.className = "count"; count.textContent = index + 1;
    button.type = "button"; button.dataset.name = name; button.append(count, " ", title);
    button.addEventListener("click", () => { model.active = name; });
    item.append(button); list.append(item);
    return button;
  });
  const mark = () => {
    for (const button of buttons) {
      if (button.dataset.name === model.active) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    }
  };
  model.on("active", mark); mark();
}

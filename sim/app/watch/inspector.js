// What is known of a place or an actor.
export function render({ model, el }) {
  const words = model.labels;
  const make = (tag, text, name) => {
    const node = document.createElement(tag);
    if (text !== undefined) node.textContent = text;
    if (name) node.className = name;
    return node;
  };
  const choose = (target) => {
    model.target = target; model.choices_made = model.choices_made + 1;
  };
  const search = make("label", undefined, "field search");
  search.append(make("span", words.find));
  const input = make("input"); input.type = "text"; input.setAttribute("list", "choices");
  input.setAttribute("autocomplete", "off"); input.placeholder = words.placeholder;
  const options = make("datalist"); options.id = "choices";
  const targets = new Map();
  for (const [target, name] of model.choices) {
    targets.set(name.toLowerCase(), target);
    const option = make("option"); option.value = name; options.append(option);
  }
  const find = () => {
    const text = input.value.trim().toLowerCase();
    if (!text) return;
    const exact = targets.get(text);
    const near = exact ?? [...targets].find(([name]) => name.startsWith(text))?.[1];
    if (near) { choose(near); input.value = ""; }
  };
  input.addEventListener("change", find);
  search.append(input, options);
  const body = make("div", undefined, "portrait");
  body.tabIndex = 0; body.setAttribute("role", "region"); body.setAttribute("aria-label", words.portrait);
  el.append(search, body);

  const cell = (value) => {
    if (value === null || typeof value !== "object") return document.createTextNode(String(value ?? ""));
    const button = make("button", value.text, "link"); button.type = "button";
    button.addEventListener("click", () => choose(value.go));
    return button;
  };
  const table = (section) => {
    const node = make("table"); const head = make("tr");
    for (const title of section.head) { const th = make("th", title); th.scope = "col"; head.append(th); }
    const top = make("thead"); top.append(head);
    const rows = make("tbody");
    for (const row of section.rows) {
      const line = make("tr");
      for (const value of row) { const td = make("td"); td.append(cell(value)); line.append(td); }
      rows.append(line);
    }
    node.append(top, rows);
    return node;
  };
  const show = () => {
    const { title, subtitle, facts = [], sections = [] } = model.content;
    const top = body.scrollTop;
    const parts = [make("h2", title)];
    if (subtitle) parts.push(make("p", subtitle, "subtitle"));
    if (facts.length) {
      const list = make("dl");
      for (const [name, value] of facts) {
        const dd = make("dd"); dd.append(cell(value)); list.append(make("dt", name), dd);
      }
      parts.push(list);
    }
    for (const section of sections) {
      parts.push(make("h3", section.title));
      if (section.rows) parts.push(section.rows.length ? table(section) : make("p", section.none));
      if (section.items) {
        const list = make("ul");
        for (const item of section.items) list.append(make("li", item));
        parts.push(section.items.length ? list : make("p", section.none));
      }
    }
    // A link that has the focus would lose it with every month.
    const focus = body.getRootNode().activeElement?.textContent;
    body.replaceChildren(...parts);
    body.scrollTop = top;
    if (focus) [...body.querySelectorAll("button")].find((b) => b.textContent === focus)?.focus();
  };
  model.on("content", show); show();
}

// The interventions there are, and a form to add or edit one.
const MOST_LISTED = 60;
export function render({ model, el }) {
  const texts = model.texts;
  let editing = null, removed = null;
  const make = (tag, cls, text) => {
    const node = document.createElement(tag);
    if (cls) node.className = cls;
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const searched = new Map();
  const list = make("ol"), add = make("button", "plain", texts.add);
  const form = make("form"), fields = make("div", "fields"), error = make("p", "error");
  const kindLabel = make("label", "", texts.kind), kind = make("select");
  const save = make("button", "main", texts.save);
  const cancel = make("button", "plain", texts.cancel);
  const none = make("p", "none", texts.none);
  add.type = "button"; cancel.type = "button"; save.type = "submit"; form.noValidate = false;
  error.setAttribute("role", "alert");
  for (const entry of model.forms) kind.append(new Option(entry.title, entry.kind));
  kindLabel.append(kind);
  const buttons = make("div", "buttons"); buttons.append(save, cancel);
  form.append(kindLabel, fields, error, buttons); form.hidden = true;
  el.append(none, list, add, form);

  const usual = () => {
    const [first, last] = model.months, month = "2010-01";
    return first <= month && month <= last ? month : first;
  };
  const input = (field, value) => {
    let node;
    const own = field.options || model.tables[field.table] || [];
    const choices = [...(field.first || []), ...own];
    if (field.type === "choice" && choices.length > MOST_LISTED) {
      // What is listed can be searched by its name; a code is taken as well.
      node = make("input"); node.type = "text"; node.autocomplete = "off";
      const known = make("datalist"); known.id = "known-" + field.name;
      for (const [, name] of choices) {
        const option = make("option"); option.value = name; known.append(option);
      }
      node.setAttribute("list", known.id); node.placeholder = texts.search; node.append(known);
      searched.set(field.name, new Map(choices.map(([code, name]) => [name.toLowerCase(), code])));
      if (typeof value === "string")
        value = choices.find(([code]) => code === value)?.[1] ?? value;
    } else if (field.type === "choice") {
      node = make("select");
      if (!field.required) node.append(new Option(texts.any, ""));
      for (const [code, name] of choices) node.append(new Option(name, code));
      // Several places cannot be chosen here; those of a file are kept.
      if (Array.isArray(value)) node.append(new Option(value.join(", "), String(value)));
    } else {
      node = make("input");
      node.type = field.type;
      if (field.type === "month") {
        [node.min, node.max] = model.months;
        node.placeholder = "2010-01"; node.pattern = "[0-9]{4}-[0-9]{2}";
      }
      if (field.type === "number") {
        node.step = field.whole ? 1 : "any";
        if (field.min !== null) node.min = field.min;
        if (field.max !== null) node.max = field.max;
      }
      if (field.type === "text") node.maxLength = Math.min(field.longest, 400);
    }
    node.name = field.name; node.required = field.required;
    if (value !== undefined) node.value = String(value);
    return node;
  };
  const build = (values) => {
    fields.replaceChildren(); searched.clear(); error.textContent = "";
    for (const field of model.forms.find((f) => f.kind === kind.value).fields) {
      const label = make("label", "", field.label + (field.hint ? " " + field.hint : ""));
      const node = input(field, values[field.name]);
      node.title = field.help;
      label.append(node); fields.append(label, ...node.querySelectorAll("datalist"));
    }
  };
  const open = (index) => {
    editing = index;
    const values = index === null ? { month: usual() } : model.items[index].fields;
    if (values.kind) kind.value = values.kind;
    build(values); form.hidden = false; add.hidden = true; kind.focus();
  };
  const shut = () => { form.hidden = true; add.hidden = false; };
  const show = () => {
    none.hidden = model.items.length > 0;
    list.replaceChildren();
    model.items.forEach((item, index) => {
      const row = make("li"), words = make("span", "", item.sentence);
      const edit = make("button", "plain", texts.edit);
      const gone = make("button", "plain", texts.remove);
      for (const button of [edit, gone]) {
        button.type = "button";
        button.setAttribute("aria-label", button.textContent + ": " + item.sentence);
      }
      edit.addEventListener("click", () => open(index));
      gone.addEventListener("click", () => {
        shut(); removed = index; model.send_msg({ action: "remove", index });
      });
      const both = make("span", "buttons"); both.append(edit, gone);
      row.append(words, both); list.append(row);
    });
    // The button that was pressed is gone: the focus goes to the next one.
    if (removed !== null) {
      const rows = list.children;
      const next = rows[Math.min(removed, rows.length - 1)];
      (next?.querySelector(".buttons button:last-child") ?? add).focus();
      removed = null;
    }
  };
  kind.addEventListener("change", () => build({ month: usual() }));
  add.addEventListener("click", () => open(null));
  cancel.addEventListener("click", () => { shut(); add.focus(); });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const values = { kind: kind.value };
    for (const node of fields.querySelectorAll("input, select")) {
      const code = searched.get(node.name)?.get(node.value.trim().toLowerCase());
      values[node.name] = code ?? node.value;
    }
    model.send_msg({ action: "save", index: editing, fields: values });
  });
  model.on("items", show);
  model.on("number", () => {
    error.textContent = model.error;
    if (!model.error) { const was = !form.hidden; shut(); if (was) add.focus(); }
  });
  show();
}

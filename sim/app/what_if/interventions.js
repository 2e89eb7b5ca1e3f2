// The interventions there are, and a form to add or edit one.
export function render({ model, el }) {
  const texts = model.texts;
  let editing = null;
  const make = (tag, cls, text) => {
    const node = document.createElement(tag);
    if (cls) node.className = cls;
    if (text !== undefined) node.textContent = text;
    return node;
  };
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

  const input = (field, value) => {
    let node;
    if (field.type === "choice") {
      node = make("select");
      if (!field.required) node.append(new Option(texts.any, ""));
      const own = field.options || model.tables[field.table];
      for (const [code, name] of [...(field.first || []), ...own])
        node.append(new Option(name, code));
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
    fields.replaceChildren();
    for (const field of model.forms.find((f) => f.kind === kind.value).fields) {
      const label = make("label", "", field.label + (field.required ? "" : " " + texts.optional));
      const node = input(field, values[field.name]);
      node.title = field.help;
      label.append(node); fields.append(label);
    }
  };
  const open = (index) => {
    editing = index;
    const values = index === null ? { month: "2010-01" } : model.items[index].fields;
    if (values.kind) kind.value = values.kind;
    error.textContent = "";
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
        shut(); model.send_msg({ action: "remove", index });
      });
      const both = make("span", "buttons"); both.append(edit, gone);
      row.append(words, both); list.append(row);
    });
  };
  kind.addEventListener("change", () => build({ month: "2010-01" }));
  add.addEventListener("click", () => open(null));
  cancel.addEventListener("click", () => { shut(); add.focus(); });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const values = { kind: kind.value };
    for (const node of fields.querySelectorAll("input, select")) values[node.name] = node.value;
    model.send_msg({ action: "save", index: editing, fields: values });
  });
  model.on("items", show);
  model.on("number", () => {
    error.textContent = model.error;
    if (!model.error) { const was = !form.hidden; shut(); if (was) add.focus(); }
  });
  show();
}

// The head of the tab: which scenario is changed, compared with which, title, seed, file.
export function render({ model, el }) {
  const texts = model.texts;
  const labelled = (words, node, more) => {
    const label = document.createElement("label");
    label.textContent = words; label.append(node);
    if (more) label.className = more;
    return label;
  };
  const select = () => {
    const node = document.createElement("select");
    for (const [name, title] of model.scenarios) node.append(new Option(title, name));
    return node;
  };
  const start = select(), against = select();
  const title = document.createElement("input"), seed = document.createElement("input");
  const file = document.createElement("input"), again = document.createElement("button");
  const fixed = document.createElement("input"); fixed.type = "checkbox";
  const question = document.createElement("p"); question.className = "question";
  title.type = "text"; title.maxLength = 200; title.required = true;
  seed.type = "number"; seed.min = 0; seed.max = model.highest; seed.step = 1;
  seed.required = true;
  file.type = "file"; file.accept = ".toml";
  again.type = "button"; again.className = "plain"; again.textContent = texts.again;
  const row = document.createElement("div"); row.className = "row";
  row.append(labelled(texts.seed, seed), again);
  const held = document.createElement("label"); held.className = "check";
  held.append(fixed, texts.fixed);
  el.append(labelled(texts.start, start), question, labelled(texts.title, title),
    labelled(texts.against, against), row, held, labelled(texts.file, file, "file"));
  const send = (field, value) => model.send_msg({ field, value });
  start.addEventListener("change", () => send("start", start.value));
  against.addEventListener("change", () => send("against", against.value));
  fixed.addEventListener("change", () => send("fixed", fixed.checked));
  again.addEventListener("click", () => send("start", model.start));
  for (const [name, node] of [["title", title], ["seed", seed]])
    node.addEventListener("change", () => {
      if (!node.checkValidity()) { node.reportValidity(); return; }
      send(name, name === "seed" ? Number(node.value) : node.value);
    });
  file.addEventListener("change", async () => {
    const chosen = file.files[0];
    if (!chosen) return;
    const large = chosen.size > model.largest;
    const bytes = large ? new Uint8Array() : new Uint8Array(await chosen.arrayBuffer());
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    model.send_msg({ field: "file", name: chosen.name, large, value: btoa(text) });
    file.value = "";
  });
  const show = () => {
    start.value = model.start; against.value = model.against; title.value = model.title;
    fixed.checked = model.fixed || !model.drawn; fixed.disabled = !model.drawn;
    seed.value = model.seed; question.textContent = model.question;
  };
  for (const name of ["start", "against", "title", "seed", "question", "fixed"]) model.on(name, show);
  show();
}

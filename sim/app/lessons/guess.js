export function render({ model, el }) {
  const texts = model.texts, form = document.createElement("form");
  const set = document.createElement("fieldset"), legend = document.createElement("legend");
  legend.textContent = model.question; set.append(legend);
  const rows = model.choices.map((text, index) => {
    const label = document.createElement("label"), input = document.createElement("input");
    const words = document.createElement("span"), mark = document.createElement("strong");
    input.type = "radio"; input.name = "guess"; input.value = index;
    const both = document.createElement("span"); both.append(words, " ", mark);
    words.textContent = text; label.append(input, both); set.append(label);
    return { label, input, mark };
  });
  const hint = document.createElement("p"); hint.setAttribute("role", "alert");
  const commit = document.createElement("button"); commit.type = "submit";
  commit.className = "commit"; commit.textContent = texts.commit;
  const again = document.createElement("button"); again.type = "button";
  again.className = "again"; again.textContent = texts.again;
  form.append(set, hint, commit, again); el.append(form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = rows.findIndex(({ input }) => input.checked);
    hint.textContent = chosen < 0 ? texts.choose : "";
    if (chosen >= 0) model.send_msg({ guess: chosen });
  });
  again.addEventListener("click", () => model.send_msg({ guess: -1 }));
  const show = () => {
    const done = model.committed >= 0;
    rows.forEach(({ label, input, mark }, index) => {
      input.disabled = done;
      input.checked = done ? index === model.committed : input.checked && !done;
      const words = [];
      if (done && index === model.committed) words.push(texts.mine);
      if (index === model.answer) words.push("✓ " + texts.right);
      mark.textContent = words.join(" · ");
      label.classList.toggle("mine", done && index === model.committed);
      label.classList.toggle("right", index === model.answer);
    });
    commit.hidden = done; again.hidden = !done;
  };
  for (const name of ["committed", "answer"]) model.on(name, show);
  show();
}

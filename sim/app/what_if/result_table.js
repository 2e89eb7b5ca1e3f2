// A table behind a line that opens it; its first column names the rows.
export function render({ model, el }) {
  const box = document.createElement("details"), summary = document.createElement("summary");
  const wrap = document.createElement("div"), table = document.createElement("table");
  wrap.className = "wrap"; wrap.tabIndex = 0; wrap.setAttribute("role", "region");
  wrap.append(table); box.append(summary, wrap); el.append(box);
  const cells = (row, tag, words) => {
    words.forEach((text, index) => {
      const cell = document.createElement(index === 0 && tag === "td" ? "th" : tag);
      if (tag === "th") cell.scope = "col"; else if (index === 0) cell.scope = "row";
      cell.textContent = text; row.append(cell);
    });
  };
  const show = () => {
    box.hidden = !model.caption;
    summary.textContent = model.caption; wrap.setAttribute("aria-label", model.caption);
    table.replaceChildren();
    cells(table.createTHead().insertRow(), "th", model.head);
    const body = table.createTBody();
    for (const row of model.rows) cells(body.insertRow(), "td", row);
  };
  for (const name of ["caption", "head", "rows"]) model.on(name, show);
  show();
}

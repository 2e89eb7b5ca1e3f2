export function render({ model, el }) {
  const line = document.createElement("p"); line.setAttribute("role", "status");
  const show = () => { line.textContent = model.text; };
  model.on("text", show); show();
  el.append(line);
}

export function render({ model, el }) {
  const box = document.createElement("div"); box.setAttribute("role", "status");
  const show = () => {
    box.replaceChildren();
    box.className = model.text ? "notice " + model.kind : "";
    if (!model.text) return;
    const text = document.createElement("span"); text.textContent = model.text;
    const button = document.createElement("button"); button.type = "button";
    button.textContent = "×"; button.setAttribute("aria-label", model.close);
    button.addEventListener("click", () => { model.text = ""; });
    box.append(text, button);
  };
  model.on("number", show); model.on("text", show); show();
  el.append(box);
}

// What changes, how sure that is and how far the runs are.
export function render({ model, el }) {
  const box = document.createElement("div"); box.className = "said";
  const head = document.createElement("p"); head.className = "headline";
  head.setAttribute("role", "status");
  const progress = document.createElement("p"); progress.className = "progress";
  box.append(head, progress); el.append(box);
  const show = () => {
    // What is not final is not read out.
    head.setAttribute("aria-live", model.busy ? "off" : "polite");
    if (head.textContent !== model.headline) head.textContent = model.headline;
    progress.textContent = model.progress;
    box.classList.toggle("busy", model.busy);
    box.setAttribute("aria-busy", String(model.busy));
  };
  for (const name of ["headline", "progress", "busy"]) model.on(name, () => queueMicrotask(show));
  show();
}

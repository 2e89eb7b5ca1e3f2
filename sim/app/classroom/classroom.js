// Asks the server every second for what has changed; what is chosen or pressed goes with it.
(() => {
  const { role, gone } = document.body.dataset;
  const [said, stage, live] = ["said", "stage", "live"].map((id) => document.getElementById(id));
  const store = "paradiplomacy." + role;
  let kept = JSON.parse(sessionStorage.getItem(store) ?? "{}"), shown = {}, last = null, waiting, turn = 0;
  const say = (text) => { if (said.textContent !== text) said.textContent = text; };
  const put = (part, html) => {
    const focused = part.contains(document.activeElement);
    const open = part.querySelector("details")?.open;
    part.innerHTML = html;
    const details = part.querySelector("details");
    if (details) details.open = Boolean(open);
    if (focused) part.querySelector("[role=alert], h2, input, button")?.focus();
  };
  const keep = (text, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/html" }));
    link.download = name; link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  };
  const ask = async (more = {}) => {
    const mine = ++turn;
    clearTimeout(waiting);
    try {
      const answer = await fetch(window.location.pathname + window.location.search, {
        method: "POST", cache: "no-store", body: JSON.stringify({ ...kept, ...shown, ...more }),
      });
      if (!answer.ok) throw new Error(answer.status);
      const got = await answer.json();
      // A later question may have been answered first.
      if (mine !== turn) return;
      if (got.kept) { kept = got.kept; sessionStorage.setItem(store, JSON.stringify(kept)); }
      if (got.stage !== undefined) put(stage, got.stage);
      if (got.live !== undefined) put(live, got.live);
      // What is not asked for may be asked for when the server has forgotten it.
      if (got.file) { last = got; if (got.at_once) keep(got.file, got.name); }
      shown = got.shown; say(got.said);
    } catch { if (mine === turn) say(gone); }
    if (mine === turn && Object.keys(kept).length) waiting = setTimeout(ask, 1000);
  };
  document.addEventListener("submit", (event) => {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(event.target, event.submitter));
    if (fields.do === "kept") return keep(last.file, last.name);
    ask(fields.do === "start" ? { ...fields, at: window.location.href } : fields);
  });
  const code = window.location.hash.slice(1);
  if (code && code !== kept.code) { kept = {}; ask({ do: "join", code }); }
  else if (Object.keys(kept).length) ask();
})();

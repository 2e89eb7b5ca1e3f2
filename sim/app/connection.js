// Says so when the server is gone; the address brings back what was shown.
(() => {
  const bar = document.getElementById("gone");
  const [text, button] = bar.children;
  const show = () => { bar.hidden = false; };
  window.WebSocket = class extends window.WebSocket {
    constructor(...given) {
      super(...given);
      // A page that is left closes its connection too; it is gone before the time is up.
      this.addEventListener("close", () => setTimeout(show, 500));
    }
  };
  window.addEventListener("offline", show);
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      if ((await fetch("favicon.ico", { cache: "no-store" })).ok) window.location.reload();
    } catch { text.textContent = bar.dataset.still; }
    button.disabled = false;
  });
})();

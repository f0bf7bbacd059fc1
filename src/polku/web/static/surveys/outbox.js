/* A kiosk that comes back after its survey was closed: what it kept while it had no connection still goes. */
"use strict";

(() => {
  const key = document.currentScript.dataset.survey;
  const OUTBOX = `polku-outbox-${key}`;

  const kept = () => { try { return JSON.parse(localStorage.getItem(OUTBOX)) ?? []; } catch { return []; } };

  let emptying = false;
  async function empty() {
    if (emptying) return;
    emptying = true;
    try {
      for (let outbox = kept(); outbox.length; outbox = kept()) {
        const { id, body, to } = outbox[0];
        const answer = await fetch(`${to ?? `/s/${key}`}/${id}`, {
          method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
        });
        if (!answer.ok && (answer.status >= 500 || answer.status === 429)) break;
        localStorage.setItem(OUTBOX, JSON.stringify(kept().slice(1)));
      }
    } catch { /* no connection yet */ } finally {
      emptying = false;
    }
  }

  addEventListener("online", empty);
  setInterval(empty, 20000);
  empty();
})();

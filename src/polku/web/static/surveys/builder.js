/* What was typed into a question and not saved yet is not lost when something else is done in the builder. */
"use strict";

(() => {
  let typed = null;  // the form that holds something unsaved

  document.addEventListener("input", (event) => {
    if (event.target.form?.matches(".question-form, .texts form, .translation")) typed = event.target.form;
  });
  document.addEventListener("submit", (event) => { if (event.target === typed) typed = null; });

  // Moving, adding, opening another question: first what is open is saved.
  document.addEventListener("htmx:before:request", (event) => {
    const form = typed, { ctx } = event.detail;
    if (!form?.isConnected || ctx.sourceElement === form) return;
    typed = null;
    const name = form.elements.namedItem("name");
    if (name && name.value !== name.defaultValue) {  // what was asked for speaks of the old name
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    const data = new URLSearchParams(new FormData(form));
    if (!data.has("type")) data.set("do", "texts");
    const send = ctx.fetch;
    ctx.fetch = async (...request) => {
      await fetch(form.getAttribute("action"), { method: "POST", body: data, headers: { "HX-Request": "true" } });
      return send(...request);
    };
  });

  // Leaving the page: the browser asks.
  addEventListener("beforeunload", (event) => { if (typed?.isConnected) event.preventDefault(); });

  // Somebody else has removed what was asked for: the page tells how things are now.
  document.addEventListener("htmx:response:error", (event) => {
    if (event.detail.ctx.request.method === "POST") location.assign(location.pathname);
  });
})();

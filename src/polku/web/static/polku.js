// Small comforts; every page works without them.
document.documentElement.classList.add("scripted");

// A form that came back: to its first mistake, which is then read aloud.
(document.querySelector('[aria-invalid="true"]') ?? document.querySelector(".form-error"))?.focus();

// Of tabs that do not fit, the one that is open is seen.
const tab = document.querySelector(".tabs [aria-current]");
if (tab) tab.closest("ul").scrollLeft = tab.offsetLeft + tab.offsetWidth - tab.closest("ul").offsetWidth;

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-send-on-change]");
  if (form) form.requestSubmit();
});

// htmx leaves an error unshown: go to the page that tells of it.
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.requestConfig.verb === "get") location.assign(event.detail.pathInfo.finalRequestPath);
});

const copyButtons = (root) =>
  root.querySelectorAll("button[data-copy]").forEach((button) => {
    button.hidden = !navigator.clipboard;
  });
copyButtons(document);

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  await navigator.clipboard.writeText(source.textContent.trim());
  button.setAttribute("aria-live", "polite");
  button.prepend("✓ ");
  button.disabled = true;
});

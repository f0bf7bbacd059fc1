// Small comforts; every page works without them.
document.documentElement.classList.add("scripted");

// A form that came back: to its first mistake, which is then read aloud.
(document.querySelector('[aria-invalid="true"]') ?? document.querySelector(".form-error"))?.focus();

// Of tabs that do not fit, the one that is open is seen.
const tab = document.querySelector(".tabs [aria-current]");
if (tab) tab.closest("ul").scrollLeft = tab.offsetLeft + tab.offsetWidth - tab.closest("ul").offsetWidth;

// A form that sends itself when a choice is made. Whoever goes through choices by keys has the time to do so; and the
// page that comes back is where one was.
let byKeys = false;
let resting;
document.addEventListener("keydown", () => (byKeys = true));
document.addEventListener("pointerdown", () => (byKeys = false));

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (!form?.matches("[data-send-on-change]") || event.target.closest("[data-send-later]")) return;
  clearTimeout(resting);
  resting = setTimeout(() => form.requestSubmit(), byKeys ? 800 : 0);
});

document.addEventListener("submit", (event) => {
  const from = document.activeElement;
  if (!event.target.matches("[data-send-on-change]") || from?.form !== event.target) return;
  sessionStorage.setItem("polku-at", JSON.stringify([location.pathname, from.id, scrollY]));
});

const [sentFrom, sentBy, sentAt] = JSON.parse(sessionStorage.getItem("polku-at") ?? "[]");
sessionStorage.removeItem("polku-at");
if (sentFrom === location.pathname) {
  scrollTo(0, sentAt);
  if (sentBy) document.getElementById(sentBy)?.focus({ preventScroll: true });
}

// An error is a page of its own: go to the page that tells of it.
document.addEventListener("htmx:response:error", (event) => {
  const { action, method } = event.detail.ctx.request;
  if (method === "GET") location.assign(action);
});

// A picture as a file: drawn again with the look it has on the page, which a file alone would not know.
const LOOK = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "opacity",
  "font-family", "font-size", "font-weight", "text-anchor", "letter-spacing", "visibility", "display"];

const drawnPicture = () =>
  [...document.querySelectorAll("[data-answer] svg, svg[data-answer], figure.chart svg")].find(
    (svg) => svg.getBoundingClientRect().width > 0 && !svg.classList.contains("icon"),
  );

const asFile = (svg) => {
  const copy = svg.cloneNode(true);
  const box = svg.getBoundingClientRect();
  const own = [svg, ...svg.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((element, i) => {
    const style = getComputedStyle(own[i]);
    element.setAttribute("style", LOOK.map((name) => `${name}:${style.getPropertyValue(name)}`).join(";"));
    element.removeAttribute("class");
  });
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", box.width);
  copy.setAttribute("height", box.height);
  const paper = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  const view = svg.viewBox.baseVal;
  for (const [name, value] of Object.entries({ x: view?.x ?? 0, y: view?.y ?? 0, width: "100%", height: "100%" }))
    paper.setAttribute(name, value);
  paper.setAttribute("fill", getComputedStyle(document.body).backgroundColor);
  copy.prepend(paper);
  return new XMLSerializer().serializeToString(copy);
};

const asPng = async (svg) => {
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(asFile(svg))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.width * 2, image.height * 2];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
};

document.querySelectorAll(".pictures").forEach((row) => {
  row.hidden = !drawnPicture();
});

document.addEventListener("click", async (event) => {
  const form = event.target.closest("button[data-picture]")?.dataset.picture;
  if (!form) return;
  const svg = drawnPicture();
  const link = document.createElement("a");
  const content = form === "svg" ? new Blob([asFile(svg)], { type: "image/svg+xml" }) : await asPng(svg);
  link.href = URL.createObjectURL(content);
  link.download = `polku-${location.pathname.split("/").pop()}.${form}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
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

// Files dropped anywhere on their place go to its field.
document.querySelectorAll(".drop").forEach((place) => {
  const field = place.querySelector('input[type="file"]');
  for (const kind of ["dragover", "dragleave", "drop"])
    place.addEventListener(kind, (event) => {
      event.preventDefault();
      place.classList.toggle("over", kind === "dragover");
      if (kind !== "drop" || !event.dataTransfer.files.length) return;
      field.files = event.dataTransfer.files;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
});

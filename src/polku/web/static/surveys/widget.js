/* Microsurveys on any site: a card in the corner that asks one thing at a time. No dependency; nothing of the page moves.
   <script src="https://polku.example/s/widget.js" async></script>
   polkuSurveys.identify("user id", "signature"), .event("Order Completed"), .show("survey-key") are for the site's own
   scripts; events that Segment's library tracks are heard without. */
(() => {
  "use strict";
  const script = document.currentScript;
  const home = new URL(script ? script.src : location.href).origin;
  const ASKED = "polku-asked";
  const DAY = 86400000;
  const TICKETS = "polku-tickets", VALID = 600000;
  let user = null, proof = "", config = null, shown = null, heard = false;
  const events = [];

  const stored = (name, value) => {
    try {
      if (value === undefined) return JSON.parse(localStorage.getItem(name));
      localStorage.setItem(name, JSON.stringify(value));
    } catch { /* a private window has no memory */ }
    return null;
  };
  /* Segment's libraries keep their ids so; a cookie may be quoted. */
  const segment = (name) => {
    const kept = stored(name);
    const cookie = document.cookie.match(`(?:^|; )${name}=([^;]*)`);
    const value = kept || (cookie && decodeURIComponent(cookie[1]).replace(/^"|"$/g, ""));
    return typeof value === "string" && value ? value : null;
  };
  const uuid = () => {
    const b = crypto.getRandomValues(new Uint8Array(16));
    b[6] = (b[6] & 15) | 64;
    b[8] = (b[8] & 63) | 128;
    const hex = [...b].map((x) => x.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  };

  /* -- expressions of the profile: or, and, !( ), comparisons */
  const TOKEN = /\s*(?:\{([^}]+)\}|'([^']*)'|"([^"]*)"|(-?\d+(?:\.\d+)?)|(<=|>=|<>|!=|==|=|<|>|\(|\)|\[|\]|,|!)|([a-z]+))/giy;
  const tokens = (text) => {
    const found = [];
    TOKEN.lastIndex = 0;
    for (let t; TOKEN.lastIndex < text.trimEnd().length && (t = TOKEN.exec(text)); ) found.push(t);
    return found;
  };
  const empty = (v) => v === undefined || v === null || v === "" || (Array.isArray(v) && !v.length);
  const same = (a, b) => (empty(a) || empty(b) ? empty(a) && empty(b) : Array.isArray(a) ? a.length === 1 && same(a[0], b)
    : String(a).toLowerCase() === String(b).toLowerCase() || (a !== "" && Number(a) === Number(b)));
  const has = (list, v) => (Array.isArray(list) ? list.some((x) => same(x, v)) : !empty(list) && String(list).includes(String(v)));
  const OPERATORS = {
    "=": same, "==": same, "<>": (a, b) => !same(a, b), "!=": (a, b) => !same(a, b),
    "<": (a, b) => !empty(a) && a < b, ">": (a, b) => !empty(a) && a > b,
    "<=": (a, b) => !empty(a) && a <= b, ">=": (a, b) => !empty(a) && a >= b,
    contains: has, notcontains: (a, b) => !has(a, b),
    anyof: (a, b) => b.some((x) => has(Array.isArray(a) ? a : [a], x)), allof: (a, b) => b.every((x) => has(a, x)),
    noneof: (a, b) => !b.some((x) => has(Array.isArray(a) ? a : [a], x)),
  };
  const holds = (text, answers) => {
    if (!text) return true;
    const list = tokens(text);
    let at = 0;
    const sign = () => (list[at] ? (list[at][5] || list[at][6] || "").toLowerCase() : "");
    const value = () => {
      const t = list[at++] || [];
      if (t[1] !== undefined) return t[1].split(".").reduce((v, k) => (v === undefined || v === null ? v : v[k]), answers);
      if (t[5] === "[") {
        const all = [];
        while (list[at] && sign() !== "]") { if (sign() === ",") at++; else all.push(value()); }
        at++;
        return all;
      }
      return t[2] ?? t[3] ?? (t[4] !== undefined ? Number(t[4]) : t[6] === "true" ? true : t[6] === "false" ? false : t[6]);
    };
    const one = () => {
      if (sign() === "!" || sign() === "negate") { at++; return !one(); }
      if (sign() === "(") { at++; const inner = any(); at++; return inner; }
      const left = value(), operator = sign();
      at++;
      if (operator === "empty") return empty(left);
      if (operator === "notempty") return !empty(left);
      return (OPERATORS[operator] || (() => { at--; return !empty(left); }))(left, OPERATORS[operator] ? value() : null);
    };
    const all = () => { let r = one(); while (sign() === "and") { at++; const n = one(); r = r && n; } return r; };
    const any = () => { let r = all(); while (sign() === "or") { at++; const n = all(); r = r || n; } return r; };
    return any();
  };

  /* -- the card */
  const el = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...children.filter((c) => c !== null && c !== undefined));
    return made;
  };
  const STYLE = `:host{all:initial}*{box-sizing:border-box}
.card{--paper:#fff;--ink:#1d2630;--muted:#5c6570;--line:#8b8778;--accent:#1f6f5c;--on:#fff;--bad:#ad3a30;position:fixed;z-index:2147483000;right:16px;bottom:16px;
width:min(380px,calc(100vw - 32px));max-height:calc(100vh - 32px);overflow:auto;background:var(--paper);color:var(--ink);border-radius:14px;padding:20px;
font:16px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;box-shadow:0 8px 40px #0004,0 0 0 1px #0001}
@media(prefers-color-scheme:dark){.card{--paper:#1a2128;--ink:#e8eaec;--muted:#a0aab4;--line:#75818c;--accent:#63bfa5;--on:#0e1a16;--bad:#ec8a80}}
@media(prefers-reduced-motion:no-preference){.card{animation:up .16s ease-out}@keyframes up{from{transform:translateY(12px);opacity:0}}}
@media(max-width:480px){.card{right:8px;left:8px;bottom:8px;width:auto;padding:16px}}
h2{font:inherit;font-weight:600;margin:0 32px 12px 0}fieldset{border:0;padding:0;margin:0 0 16px;min-width:0}legend,.title{font-weight:600;padding:0;margin:0 0 10px;display:block}
fieldset.first legend,.first .title{padding-right:32px}
.scale{display:grid;grid-template-columns:repeat(auto-fit,minmax(26px,1fr));gap:3px}.scale label{position:relative;display:grid;place-items:center;height:44px;border:1px solid var(--line);border-radius:7px;cursor:pointer}
.scale input{position:absolute;opacity:0;inset:0;margin:0;cursor:pointer}.scale label:has(:checked){background:var(--accent);color:var(--on);border-color:var(--accent)}
label:has(:focus-visible),button:focus-visible,textarea:focus-visible,select:focus-visible,input:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.ends{display:flex;justify-content:space-between;gap:16px;color:var(--muted);font-size:13px;margin-top:4px}.ends span{max-width:46%}.ends span+span{text-align:right}
.line{display:flex;gap:10px;align-items:center;min-height:40px;cursor:pointer}.line input{width:20px;height:20px;accent-color:var(--accent);flex:none}
textarea,select,input[type=text],input[type=email],input[type=number],input[type=date],input[type=tel]{width:100%;font:inherit;color:inherit;background:transparent;border:1px solid var(--line);border-radius:8px;padding:9px}
select option{color:#1d2630}
.go{font:inherit;font-weight:600;color:var(--on);background:var(--accent);border:0;border-radius:8px;padding:11px 22px;cursor:pointer;min-height:44px}
.close{position:absolute;top:10px;right:10px;width:40px;height:40px;border:0;border-radius:8px;background:none;color:var(--muted);font:24px/1 system-ui;cursor:pointer}
.said{color:var(--muted);font-size:14px;margin:10px 0 0}.error{color:var(--bad);font-size:14px;margin:6px 0 0}`;

  const language = () => (script && script.dataset.language) || document.documentElement.lang.slice(0, 2) || navigator.language.slice(0, 2);

  function open(survey) {
    if (shown) return;
    const { definition: raw, words } = survey;
    const own = raw.locale || "en";
    const tongue = survey.languages.includes(language()) ? language() : survey.languages[0];
    const said = words[tongue] || words.en;
    const text = (v) => (v && typeof v === "object" ? v[tongue] ?? (tongue === own ? v.default : undefined) ?? v.default ?? Object.values(v)[0] : v) ?? "";
    const answers = {}, response = uuid(), startedAt = Date.now();
    const flat = (list) => list.flatMap((e) => (e.elements ? flat(e.elements).map((x) => ({ ...x, within: [...(x.within || []), e] })) : [e]));
    const pages = (raw.pages || [{ elements: raw.elements }]).map((p) => ({ p, elements: flat(p.elements || []) }));
    const visible = (e) => holds(e.visibleIf, answers) && (e.within || []).every((w) => holds(w.visibleIf, answers));
    let number = 0;

    const box = document.createElement("div");
    const root = box.attachShadow({ mode: "open" });
    root.append(el("style", {}, STYLE));
    const form = el("form", { novalidate: true, onsubmit: (e) => { e.preventDefault(); next(); } });
    const card = el("section", { class: "card", role: "dialog", "aria-label": text(raw.title) || survey.name, lang: tongue,
      onkeydown: (e) => { if (e.key === "Escape") close(); } },
      el("button", { class: "close", type: "button", "aria-label": said.close, onclick: () => close() }, "×"), form);
    root.append(card);
    document.body.append(box);
    shown = box;
    remember(survey.key);
    const ticket = tickets()[survey.key];
    if (ticket) {
      tell("shown", { ticket: ticket[0] }).catch(() => {});
      keep(survey.key, null);
    }
    draw();

    function close() { box.remove(); shown = null; }

    function draw(errors = {}) {
      const focused = root.activeElement && root.activeElement.id;
      const page = pages[number];
      const fields = page.elements.filter(visible).map((e, i) => field(e, errors[e.name], i === 0));
      const last = pages.slice(number + 1).every((p) => !holds(p.p.visibleIf, answers) || !p.elements.some(visible));
      form.replaceChildren(...fields, el("button", { class: "go" }, last ? said.send : said.next), el("p", { class: "said", role: "status" }));
      const again = focused && root.getElementById(focused);
      if (again) again.focus();
    }

    /* What is drawn hangs on this alone: drawn anew without need, a button would go from under the finger. */
    const drawn = () => pages.map((p) => holds(p.p.visibleIf, answers) && p.elements.filter(visible).map((e) => e.name + others(e))).join();
    const others = (e) => has([].concat(answers[e.name] ?? []), "other");
    /* What is hidden is forgotten at once, so that no other question hangs on it: as on the server. */
    function forget() {
      for (const e of pages.flatMap((p) => (holds(p.p.visibleIf, answers) ? p.elements.filter((x) => !visible(x)) : p.elements))) {
        if (e.name in answers) { delete answers[e.name]; delete answers[`${e.name}-Comment`]; forget(); return; }
      }
    }
    function set(name, value, redraw) {
      const before = drawn();
      if (empty(value)) delete answers[name]; else answers[name] = value;
      forget();
      if (redraw && drawn() !== before) draw();
    }

    function field(e, error, first) {
      const id = `q-${e.name}`, describe = error ? `${id}-error` : null, value = answers[e.name];
      const title = text(e.title) || e.name;
      const under = error ? el("p", { class: "error", id: describe, role: "alert" }, error) : null;
      const group = (kind, ...inside) => el("fieldset", { class: first ? "first" : "", "aria-describedby": describe, role: kind === "radio" ? "radiogroup" : null,
        "aria-required": kind === "radio" && e.isRequired ? "true" : null }, el("legend", {}, title), ...inside, under);
      const choices = (e.choices || []).map((c) => (typeof c === "object" ? { value: c.value, text: text(c.text) || String(c.value) } : { value: c, text: String(c) }));
      if (e.showOtherItem || e.hasOther) choices.push({ value: "other", text: text(e.otherText) || said.other });
      if (e.showNoneItem) choices.push({ value: "none", text: text(e.noneText) || said.none });
      if (e.type === "rating") {
        const steps = e.rateValues ? e.rateValues.map((v) => (typeof v === "object" ? { value: v.value, text: text(v.text) || v.value } : { value: v, text: v })) : [];
        if (!steps.length) for (let v = e.rateMin ?? 1; v <= (e.rateMax ?? 5); v += e.rateStep ?? 1) steps.push({ value: v, text: v });
        return group("radio", el("div", { class: "scale" }, ...steps.map((s, i) => el("label", {}, String(s.text), el("input", { type: "radio", name: id, id: `${id}-${i}`,
          checked: value === s.value, onchange: () => set(e.name, s.value, true) })))),
          el("div", { class: "ends", "aria-hidden": "true" }, el("span", {}, text(e.minRateDescription)), el("span", {}, text(e.maxRateDescription))));
      }
      if (e.type === "boolean") choices.splice(0, choices.length, { value: true, text: text(e.labelTrue) || said.yes }, { value: false, text: text(e.labelFalse) || said.no });
      if (["radiogroup", "boolean"].includes(e.type)) return group("radio", ...choices.map((c, i) => el("label", { class: "line" },
        el("input", { type: "radio", name: id, id: `${id}-${i}`, checked: value === c.value, onchange: () => set(e.name, c.value, true) }), c.text)), other(e));
      if (e.type === "checkbox") return group("box", ...choices.map((c, i) => el("label", { class: "line" }, el("input", { type: "checkbox", id: `${id}-${i}`,
        checked: has(value || [], c.value), onchange: (x) => set(e.name, choices.map((o) => o.value).filter((o) => (o === c.value ? x.target.checked : has(answers[e.name] || [], o))), true) }), c.text)), other(e));
      const common = { id, "aria-describedby": describe, "aria-required": e.isRequired ? "true" : null, onchange: (x) => set(e.name, typed(e, x.target.value), true), oninput: (x) => set(e.name, typed(e, x.target.value)) };
      const label = el("label", { class: "title", for: id }, title);
      if (e.type === "dropdown") {
        const select = el("select", common, el("option", { value: "" }, "–"), ...choices.map((c, i) => el("option", { value: i, selected: value === c.value }, c.text)));
        select.onchange = (x) => set(e.name, x.target.value === "" ? undefined : choices[x.target.value].value, true);
        select.oninput = null;
        return el("fieldset", { class: first ? "first" : "" }, label, select, other(e), under);
      }
      if (e.type === "html") return el("p", {}, text(e.html).replace(/<[^>]*>/g, " "));
      const input = e.type === "comment" ? el("textarea", { ...common, rows: 3, maxlength: e.maxLength }) : el("input", { ...common, type: e.inputType || "text", maxlength: e.maxLength });
      input.value = value ?? "";
      return el("fieldset", { class: first ? "first" : "" }, label, input, under);
    }
    const typed = (e, v) => (e.inputType === "number" && v !== "" ? Number(v) : v);
    const other = (e) => {
      if (!others(e)) return null;
      const input = el("input", { type: "text", id: `q-${e.name}-other`, "aria-label": said.other, oninput: (x) => set(`${e.name}-Comment`, x.target.value) });
      input.value = answers[`${e.name}-Comment`] ?? "";
      return input;
    };

    async function next() {
      const missing = Object.fromEntries(pages[number].elements.filter((e) => visible(e) && e.isRequired && empty(answers[e.name])).map((e) => [e.name, said.needed]));
      if (Object.keys(missing).length) return refuse(missing);
      for (let n = number + 1; n < pages.length; n++) {
        if (holds(pages[n].p.visibleIf, answers) && pages[n].elements.some(visible)) {
          number = n;
          draw();
          const first = form.querySelector("input,select,textarea");
          if (first) first.focus();
          return undefined;
        }
      }
      return send();
    }

    function refuse(errors) {
      draw(errors);
      const first = form.querySelector(`[aria-describedby] input, input[aria-describedby], textarea[aria-describedby], select[aria-describedby]`);
      if (first) first.focus();
    }

    async function send() {
      const status = form.querySelector(".said");
      status.textContent = said.sending;
      const ids = { user_id: user || segment("ajs_user_id"), anonymous_id: segment("ajs_anonymous_id") };
      const body = { version: survey.version, language: tongue, channel: "widget", answers, finished: true, seconds: Math.round((Date.now() - startedAt) / 1000),
        address: location.origin + location.pathname, ...(ticket ? { ticket: ticket[0] } : {}), ...ids };
      try {
        /* text/plain needs no question to the server beforehand, which costs a round trip */
        const answer = await fetch(`${home}/s/${survey.key}/${response}?lang=${tongue}`, { method: "POST", headers: { "Content-Type": "text/plain" }, body: JSON.stringify(body), keepalive: true });
        const told = await answer.json();
        if (answer.status === 422) {
          const errors = Object.fromEntries(told.problems.map((p) => [p.question, p.message]));
          number = Math.max(0, pages.findIndex((p) => p.elements.some((e) => errors[e.name])));
          return refuse(errors);
        }
        if (!answer.ok) { status.textContent = told.message; return undefined; }
        form.replaceChildren(el("p", { role: "status" }, text(raw.completedHtml).replace(/<[^>]*>/g, " ") || said.thanks));
        setTimeout(() => { if (shown === box && !root.activeElement) close(); }, 5000);
      } catch { status.textContent = said.failed; }
      return undefined;
    }
  }

  /* -- when it is shown */
  const remember = (key) => stored(ASKED, { ...(stored(ASKED) || {}), [key]: Date.now() });
  const chosen = (share) => {
    let lot = stored("polku-lot");
    if (lot === null) { lot = Math.random(); stored("polku-lot", lot); }
    return lot < share;
  };
  const matches = (pattern) => new RegExp(`^${pattern.split("*").map((p) => p.replace(/[.+?^${}()|[\]\\]/g, "\\$&")).join(".*")}$`).test(location.pathname);
  const may = (s) => chosen(s.share) && !(Date.now() - ((stored(ASKED) || {})[s.key] ?? -1e15) < s.gap_days * DAY)
    && (!s.paths.length || s.paths.some(matches));

  /* Where it hangs on who the visitor is, the server says whether to ask, and nothing else. text/plain as for answers. */
  const tell = (what, body) => fetch(`${home}/s/widget/${what}`, { method: "POST", headers: { "Content-Type": "text/plain" }, body: JSON.stringify(body), keepalive: true });
  const tickets = () => Object.fromEntries(Object.entries(stored(TICKETS) || {}).filter(([, t]) => Date.now() - t[1] < VALID));
  const keep = (key, ticket) => { const all = tickets(); if (ticket) all[key] = [ticket, Date.now()]; else delete all[key]; stored(TICKETS, all); };
  const asked = {};
  async function ask(surveys) {
    const ids = { user_id: user || "", signature: proof, anonymous_id: segment("ajs_anonymous_id") || "" };
    if (!surveys.length || !(ids.anonymous_id || (user && proof))) return;
    for (const s of surveys) asked[s.key] = Date.now();
    try {
      const told = await (await tell("ask", { surveys: surveys.map((s) => s.key), ...ids })).json();
      if (told.ticket) { keep(told.survey, told.ticket); look(); }
    } catch { /* asked another time */ }
  }

  function look() {
    if (!config || shown) return;
    const fit = config.filter((s) => may(s) && (!s.event || events.includes(s.event)));
    const survey = fit.find((s) => !s.asks || tickets()[s.key]);
    if (survey) setTimeout(() => { if (!shown && may(survey)) open(survey); }, survey.delay_s * 1000);
    else ask(fit.filter((s) => s.asks && Date.now() - (asked[s.key] || 0) > 20000));
  }
  function listen() {
    const a = window.analytics;
    if (heard || !a || typeof a.on !== "function") return;
    heard = true;
    a.on("track", (name) => window.polkuSurveys.event(name));
  }

  window.polkuSurveys = {
    identify(id, signature) { user = String(id); proof = signature || ""; for (const key in asked) delete asked[key]; look(); },
    event(name) { events.push(name); for (const key in asked) delete asked[key]; look(); },
    async show(key) { await ready; const found = config && config.find((s) => s.key === key); if (found) open(found); },
  };
  const ready = fetch(`${home}/s/widget.json`).then((a) => (a.ok ? a.json() : { surveys: [] })).then((told) => { config = told.surveys; look(); }).catch(() => {});
  /* A shop that changes pages without loading them anew */
  listen();
  let path = location.pathname;
  setInterval(() => { listen(); if (location.pathname !== path) { path = location.pathname; look(); } }, 1000);
})();

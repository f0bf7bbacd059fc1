/* The page of a survey: SurveyJS shows the questions; here answers are kept as one goes, sent when they are finished,
   and never lost for want of a connection. */
"use strict";

(() => {
  const asked = JSON.parse(document.getElementById("asked").textContent);
  const words = asked.words;
  const told = document.getElementById("told");
  const place = document.getElementById("survey");
  const kiosk = asked.channel === "kiosk";
  // A personal link has a memory of its own: the next person at this machine must not see another's answers.
  const BEGUN = asked.personal ? `polku-survey-${asked.sends_to}` : `polku-survey-${asked.key}`;
  const OUTBOX = `polku-outbox-${asked.key}`;
  const KEEP_MS = 800;
  const AGAIN_MS = kiosk ? 8000 : 0;
  const IDLE_MS = 90000;

  /* Private windows may have no storage: then nothing outlives the page, and answering works all the same. */
  const stored = {
    get(name) { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } },
    set(name, value) { try { localStorage.setItem(name, JSON.stringify(value)); return true; } catch { return false; } },
    drop(name) { try { localStorage.removeItem(name); } catch { /* nothing was kept */ } },
  };

  const uuid = () => crypto.randomUUID ? crypto.randomUUID() : ([1e7] + -1e3 + -4e3 + -8e3 + -1e11).replace(
    /[018]/g, (c) => (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));

  if (asked.locale && asked.locale !== asked.language) {
    const { locales } = Survey.surveyLocalization;  // its own words are under another code there than the survey's texts
    locales[asked.language] ??= locales[asked.locale];
  }

  let survey, response, startedAt, keeping, idle;

  /* What was chosen, or being chosen, of the first question before SurveyJS came. */
  function atOnce() {
    const form = place.querySelector("form.first");
    const at = form?.querySelector(":checked")?.value;
    return {
      answers: at === undefined ? {} : { [asked.first.name]: asked.first.values[at] },
      focused: form?.contains(document.activeElement),
    };
  }

  function begin(begun) {
    const first = atOnce();
    response = begun?.response ?? uuid();
    startedAt = begun?.startedAt ?? Date.now();
    survey = new Survey.Model(asked.definition);
    survey.locale = asked.language;
    survey.showTitle = false;
    survey.focusFirstQuestionAutomatic = false;
    survey.questionErrorLocation = "bottom";
    if (survey.visiblePageCount > 1) {
      survey.showProgressBar = true;
      survey.progressBarLocation = "bottom";  // above, it would push down the question that is there already
    }
    for (const question of survey.getAllQuestions()) {
      if (question.getType() === "rating") {
        question.displayMode = "buttons";
        question.rateDescriptionLocation = "bottom";
      }
      question.titleLocation = question.titleLocation === "default" ? "top" : question.titleLocation;
    }
    survey.data = { ...begun?.answers, ...asked.chosen, ...first.answers };  // a later click counts for more
    if (begun) survey.currentPageNo = begun.page;
    survey.onValueChanged.add(keepSoon);
    survey.onCurrentPageChanged.add(keep);
    survey.onCompleting.add((_, options) => { options.allow = false; finish(); });
    const box = document.createElement("div");  // a new one: what was drawn before is remembered with its place
    place.replaceChildren(box);
    SurveyUI.renderSurvey(survey, box);
    if (first.focused) (box.querySelector("input:checked") ?? box.querySelector("input"))?.focus();
    if (Object.keys(first.answers).length) keepSoon();
  }

  function posted(finished) {
    return {
      version: asked.version, language: asked.language, channel: asked.channel, answers: survey.data, finished,
      page: survey.currentPageNo, seconds: Math.round((Date.now() - startedAt) / 1000),
      ...(finished ? { answered_at: new Date().toISOString() } : {}),
    };
  }

  function send(id, body, to = asked.sends_to) {
    return fetch(`${to}/${id}?lang=${asked.language}`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), keepalive: true,
    });
  }

  function keepSoon() {
    if (asked.preview) return;
    clearTimeout(keeping);
    keeping = setTimeout(keep, KEEP_MS);
  }

  function keep() {
    clearTimeout(keeping);
    if (kiosk || asked.preview) return;  // the next in line must not see it
    stored.set(BEGUN, { response, startedAt, version: asked.version, answers: survey.data, page: survey.currentPageNo });
    send(response, posted(false)).catch(() => {});  // it is on this device too
  }

  async function finish() {
    clearTimeout(keeping);
    const id = response, body = posted(true);
    if (asked.preview) return done();
    say(words.sending);
    let answer = null;
    try {
      answer = await send(id, body);
    } catch { /* no connection */ }
    if (answer?.ok) {
      done();
    } else if (answer?.status === 422) {
      refuse((await answer.json()).problems);
    } else if (answer && answer.status < 500 && answer.status !== 429) {
      say((await answer.json()).message, true);
    } else {
      stored.set(OUTBOX, [...(stored.get(OUTBOX) ?? []), { id, body, to: asked.sends_to }]);
      done(words.kept);
    }
  }

  function refuse(problems) {
    say(words.refused, true);
    let first = null;
    for (const problem of problems) {
      const question = survey.getQuestionByName(problem.question);
      if (!question) continue;
      question.addError(problem.message);
      first ??= question;
    }
    first?.focus();
  }

  function done(text = "") {
    stored.drop(BEGUN);
    survey.onCompleting.clear();
    survey.doComplete();
    say(text);
    if (kiosk) setTimeout(() => { begin(null); say(""); }, AGAIN_MS);
  }

  function say(text, bad = false) {
    told.textContent = text;
    told.classList.toggle("bad", bad);
  }

  /* What could not be sent goes, one after the other, as soon as there is a connection. */
  let emptying = false;
  async function empty() {
    if (emptying) return;
    emptying = true;
    try {
      for (let outbox = stored.get(OUTBOX) ?? []; outbox.length; outbox = stored.get(OUTBOX) ?? []) {
        const answer = await send(outbox[0].id, outbox[0].body, outbox[0].to ?? `/s/${asked.key}`);
        if (!answer.ok && (answer.status >= 500 || answer.status === 429)) break;
        stored.set(OUTBOX, (stored.get(OUTBOX) ?? []).slice(1));
      }
      if (!(stored.get(OUTBOX) ?? []).length && told.textContent === words.kept) say("");
    } catch { /* still none */ } finally {
      emptying = false;
    }
  }

  addEventListener("online", empty);
  setInterval(empty, 20000);
  if (kiosk) {
    const rest = () => { clearTimeout(idle); idle = setTimeout(() => Object.keys(survey.data).length && begin(null), IDLE_MS); };
    for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, rest);
    navigator.serviceWorker?.register("/s/kiosk.js", { scope: "/s/" });
  }
  const begun = kiosk || asked.preview ? null : stored.get(BEGUN);
  begin(begun?.version === asked.version ? begun : null);
  empty();
})();

// The questionnaire's editor. Forms are saved by themselves while they are filled in; the service answers with the page as
// it then is, and what changed of it is taken over. Without this script the same forms are sent by their buttons.
// Lists within a form (answers, rows, points) and dragging are in editor-lines.js, which reports changes as input events.

const root = document.getElementById("edytor");
const told = document.getElementById("powiedziano");
const phone = document.getElementById("telefon"), paper = document.getElementById("papier");
const hideByRules = document.getElementById("wedlug-warunkow");

const typing = 700; // ms without a key until what was typed is saved
const waits = [2000, 5000, 10000, 20000]; // ms between tries while the service can't be reached

let dirty = false; // the open form has what is not saved
let edits = 0; // how often it changed
let busy = 0; // requests under way
let stuck = false; // others changed the same, or the service refuses: nothing is saved until the person says so
let timer = 0, failures = 0;
let queue = Promise.resolve(); // one request at a time, in their order

const openForm = () => document.getElementById("formularz");
const state = (text, bad = false) => {
  const e = document.getElementById("stan");
  e.textContent = text;
  e.classList.toggle("bad", bad);
};
const tell = (text) => { told.textContent = ""; requestAnimationFrame(() => { told.textContent = text; }); };

root.classList.add("live");
for (const e of root.querySelectorAll("noscript")) e.remove();

// Requests

// ask sends a request and returns the page that answers it, or null after having told why there is none.
async function ask(address, body) {
  let response, page;
  busy++;
  try {
    response = await fetch(address, body ? { method: "POST", body, headers: { "X-Editor": "1" } } : { headers: { "X-Editor": "1" } });
    page = new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    return away();
  } finally {
    busy--;
  }
  if (response.status >= 500) return away();
  failures = 0;
  if (!page.getElementById("edytor")) {
    stuck = true;
    if (new URL(response.url).pathname.startsWith("/panel/logowanie") || response.status === 403) {
      return refuse("Sesja wygasła.", "Proszę zalogować się w nowej karcie i wrócić tutaj. To, co wpisano, jest nadal w formularzu.", "/panel/logowanie");
    }
    return refuse(page.querySelector("h1")?.textContent ?? "Nie zapisano.", page.querySelector("main p")?.textContent ?? "");
  }
  stuck = response.status === 409;
  return page;
}

// away tells that the service can't be reached, and tries again.
function away() {
  state("Nie zapisano – brak połączenia. Próbujemy dalej…", true);
  if (failures === 0) tell("Nie zapisano, brak połączenia. Próbujemy dalej.");
  clearTimeout(timer);
  if (dirty) timer = setTimeout(save, waits[Math.min(failures++, waits.length - 1)]);
  return null;
}

// refuse tells why nothing was saved, with the way on.
function refuse(title, text, address) {
  const box = document.createElement("div"), heading = document.createElement("h2"), words = document.createElement("p"), way = document.createElement("p");
  box.className = "errors";
  box.setAttribute("role", "alert");
  heading.textContent = title;
  words.textContent = text;
  way.className = "row";
  if (address) {
    const link = document.createElement("a");
    Object.assign(link, { href: address, target: "_blank", className: "btn secondary slim", textContent: "Zaloguj się w nowej karcie" });
    way.append(link);
  }
  const again = document.createElement("button");
  Object.assign(again, { type: "button", className: "btn slim", textContent: "Spróbuj jeszcze raz" });
  again.addEventListener("click", renew);
  way.append(again);
  box.append(heading, words, way);
  document.getElementById("uwagi").replaceChildren(box);
  state("Nie zapisano", true);
  return null;
}

// renew takes a fresh token from the page, as after a new log-in, and saves what waits.
async function renew() {
  const page = await ask(location.href);
  if (!page) return;
  const token = page.querySelector("input[name=_csrf]").value;
  for (const e of document.querySelectorAll("input[name=_csrf]")) e.value = token;
  document.getElementById("uwagi").replaceChildren();
  stuck = false;
  if (dirty) save();
  else state(page.getElementById("stan").textContent);
}

const fields = (form, submitter) => {
  const body = new URLSearchParams(new FormData(form, submitter));
  body.set("_live", "1");
  if (body.has("revision")) body.set("revision", root.dataset.revision);
  return body;
};

// Saving

function changed() {
  dirty = true;
  edits++;
  if (stuck) return;
  state("Zapisywanie…");
  clearTimeout(timer);
  timer = setTimeout(save, typing);
}

// save sends the open form. Redrawn: the form itself changes by it, as when a condition is added.
function save(submitter, redrawn = false) {
  clearTimeout(timer);
  queue = queue.then(async () => {
    const form = openForm();
    if (!form) return;
    const over = submitter?.name === "over";
    if (stuck && !over) return;
    const sent = edits;
    dirty = true;
    state("Zapisywanie…");
    const page = await ask(form.action, fields(form, submitter));
    if (page && !stuck) dirty = edits !== sent;
    if (page) take(page, redrawn && !stuck);
  });
  return queue;
}

// flush saves what was typed and not saved yet.
const flush = () => (dirty && !stuck ? save() : queue);

// Taking over what the service answers

const focusable = "a[href], button, input:not([type=hidden]), select, textarea, summary";

// keepFocus runs f, which replaces parts of the page, and puts the focus back to the element of the same id or name.
function keepFocus(f) {
  const had = document.activeElement, id = had?.id, value = had?.value;
  const name = had?.closest("#formularz") && had.name; // buttons elsewhere share theirs
  const around = had?.closest("#formularz details[id]")?.id; // a menu that closes once something is chosen
  const [from, to] = had instanceof HTMLTextAreaElement ? [had.selectionStart, had.selectionEnd] : [];
  f();
  if (!had || had === document.body || (had.isConnected && document.activeElement === had)) return;
  const named = name ? [...root.querySelectorAll(`[name="${CSS.escape(name)}"]`)].filter((e) => e.matches(focusable)) : [];
  const found = had.isConnected ? had : (id && document.getElementById(id)) || named.find((e) => e.value === value) || named[0];
  found?.focus({ preventScroll: true });
  if (had.isConnected || document.activeElement === found) { /* it has it again */ }
  else if (around) document.querySelector(`#${around} > summary`)?.focus({ preventScroll: true });
  else if (name === "rule.remove") document.getElementById("rule.mode")?.focus({ preventScroll: true });
  if (from !== undefined && found === had) found.setSelectionRange(from, to);
}

// take takes a page over. Whole: with the open form; otherwise that stays as it is being typed in, and only what is
// said about it changes.
function take(page, whole) {
  const fresh = page.getElementById("edytor");
  const conflict = page.getElementById("konflikt");
  if (!conflict) root.dataset.revision = fresh.dataset.revision;
  keepFocus(() => {
    for (const id of ["pasek", "uwagi"]) document.getElementById(id).replaceWith(page.getElementById(id));
    root.querySelector(".ed-size").textContent = fresh.querySelector(".ed-size").textContent;
    const list = document.getElementById("lista"), next = page.getElementById("lista");
    if (whole) {
      list.replaceWith(next);
    } else if (!conflict) {
      takeAround(list, next);
    }
  });
  if (conflict) {
    state("Nie zapisano", true);
    conflict.focus();
    return;
  }
  const words = page.getElementById("powiedziano").dataset.told;
  if (words) tell(words);
  prepare();
  preview();
}

// takeAround takes over the list around the open form, and what the service says of the form's fields.
function takeAround(list, next) {
  const form = openForm(), answered = next.querySelector("#formularz");
  if (form && answered) say(form, answered);
  const ids = (e) => [...e.querySelectorAll(".ed-row")].map((row) => row.id).join();
  if (ids(list) === ids(next)) {
    for (const row of next.querySelectorAll(".ed-row")) {
      const here = document.getElementById(row.id);
      if (here.innerHTML !== row.innerHTML && !here.contains(document.activeElement)) here.replaceWith(row);
    }
  } else {
    if (form && answered) answered.replaceWith(form);
    list.replaceWith(next);
  }
}

// say copies faults and sentences from an answered form to the one that is being typed in. Lines that are new and still
// empty are not in the answer.
function say(form, answered) {
  const lines = (e) => [...e.querySelectorAll("[data-fault]")].filter((fault) => !fault.closest(".ed-line.new, template"));
  const mine = lines(form), theirs = lines(answered);
  if (mine.length === theirs.length) {
    mine.forEach((fault, i) => {
      fault.className = theirs[i].className;
      fault.textContent = theirs[i].textContent;
    });
  }
  for (const what of [".ed-sentence", "[data-series]"]) {
    const here = form.querySelector(what), there = answered.querySelector(what);
    if (here && there && here.innerHTML !== there.innerHTML) here.innerHTML = there.innerHTML;
  }
}

// prepare ties what is said of a field to it, for who hears the page.
function prepare() {
  let n = 0;
  for (const fault of root.querySelectorAll("#formularz [data-fault]")) {
    fault.id = `uwaga-${n++}`;
    const scope = fault.closest(".ed-wording, .ed-line, .ed-condition") ?? fault.parentElement;
    const bad = fault.classList.contains("bad");
    for (const e of scope.querySelectorAll("textarea, select, input:not([type=hidden], [type=checkbox])")) {
      if ((e.closest(".ed-wording, .ed-line, .ed-condition") ?? scope) !== scope) continue;
      if (scope.matches("fieldset, form")) continue; // said of a list as a whole
      if (fault.textContent) e.setAttribute("aria-describedby", fault.id);
      else e.removeAttribute("aria-describedby");
      e.toggleAttribute("aria-invalid", false);
      if (bad) e.setAttribute("aria-invalid", "true");
    }
  }
  for (const e of root.querySelectorAll("#formularz textarea")) grow(e);
}

function grow(e) {
  if (CSS.supports("field-sizing", "content")) return;
  e.style.height = "auto";
  e.style.height = `${e.scrollHeight + 4}px`;
}

// Preview

let previewTimer = 0, watched = "";

// shown is the key of the question whose form is open.
const shown = () => openForm()?.getAttribute("action").match(/\/pytanie\/(.+)$/)?.[1] ?? "";

function preview() {
  clearTimeout(previewTimer);
  previewTimer = setTimeout(() => {
    reload(phone, `/panel/ankieta/podglad${hideByRules.checked ? "" : "?wszystko=1"}`);
    reload(paper, `/panel/ankieta/podglad/arkusz${paper.contentDocument?.location.search ?? ""}`);
  }, 150);
}

const places = new Map(); // where a frame that is loading was scrolled to

// reload loads a frame anew, at the place where it was scrolled to.
function reload(frame, path) {
  if (frame.offsetParent === null) return;
  if (!places.has(frame) && frame.contentDocument) places.set(frame, frame.contentWindow.scrollY);
  frame.contentWindow.location.replace(path);
}

function loaded(event) {
  const frame = event.target;
  if (!frame.contentDocument) return; // the browser's own page: the service is away
  if (places.has(frame)) frame.contentWindow.scrollTo(0, places.get(frame));
  places.delete(frame);
  if (frame === phone) follow();
}

// follow shows the question that has just been opened. An address with its id would take the focus there.
function follow() {
  const key = shown();
  if (key === watched) return;
  const question = phone.contentDocument?.getElementById(`q-${key}`)?.closest(".question");
  if (!question) return;
  watched = key;
  phone.contentWindow.scrollBy(0, question.getBoundingClientRect().top - 16); // scrollIntoView would move this page too
}

// Going from form to form

const addressOf = (form) => {
  const action = form?.getAttribute("action") ?? "", key = action.split("/").pop();
  if (action.endsWith("/tresc")) return "/panel/ankieta?p=-";
  if (action.includes("/sekcja/")) return `/panel/ankieta?s=${key}`;
  return form ? `/panel/ankieta?p=${key}` : "/panel/ankieta";
};

async function go(address, { push = true, focus = "" } = {}) {
  await flush();
  if (dirty && !stuck) return; // it could not be saved: it stays on the screen
  dirty = stuck = false;
  const page = await ask(address);
  if (!page) return;
  take(page, true);
  if (push) history.pushState(null, "", address);
  if (focus) document.querySelector(focus)?.focus();
  else enter();
}

// enter puts the focus into the open form, under its name.
function enter() {
  const open = root.querySelector(".open"), { top } = open?.getBoundingClientRect() ?? {};
  openForm()?.querySelector("textarea")?.focus({ preventScroll: true });
  if (open && (top < 100 || top > innerHeight / 2)) open.scrollIntoView({ block: "start" });
}

// nameOf finds the name of the part that is open, once it is closed.
const nameOf = (open) => `#${CSS.escape(open.id)} .ed-name a`;

// act sends a form outside the open one: moving, adding, removing, undoing.
function act(form, submitter, extra = {}) {
  return flush().then(() => {
    queue = queue.then(async () => {
      if (dirty || stuck) return;
      const body = fields(form, submitter);
      for (const [name, value] of Object.entries(extra)) body.set(name, value);
      const before = [...root.querySelectorAll(body.get("do") === "section-remove" ? ".ed-section" : ".ed-question")]
        .findIndex((e) => [e.dataset.key, e.dataset.section].includes(body.get("key")));
      const stood = document.activeElement.getBoundingClientRect().top;
      state("Zapisywanie…");
      const page = await ask(form.action, body);
      if (!page) return;
      take(page, !stuck);
      if (stuck) return;
      history.replaceState(null, "", addressOf(openForm()));
      if (["up", "down", "section-up", "section-down"].includes(body.get("do"))) { // what moved stays under the hand
        scrollBy(0, document.activeElement.getBoundingClientRect().top - stood);
      }
      place(body.get("do"), before);
    });
    return queue;
  });
}

// place puts the focus where the person goes on after an action.
function place(what, before) {
  if (["add", "duplicate", "section-add", "clear"].includes(what)) {
    enter();
  } else if (document.activeElement === document.body) {
    const rows = [...root.querySelectorAll(what === "section-remove" ? ".ed-head .ed-name a" : ".ed-question .ed-name a")];
    (rows[Math.min(before, rows.length - 1)] ?? document.getElementById("dodaj-sekcje")).focus();
  }
}

// What a person does

root.addEventListener("input", (event) => {
  if (event.target.tagName === "TEXTAREA") grow(event.target);
  if (event.target.closest("#formularz") && !("quiet" in event.target.dataset)) changed();
});

root.addEventListener("change", (event) => {
  const e = event.target;
  if (!e.closest("#formularz") || "quiet" in e.dataset) return;
  if ("redraw" in e.dataset) save(undefined, true);
  else if (dirty) save();
});

document.addEventListener("submit", (event) => {
  const form = event.target, button = event.submitter;
  if (!root.contains(form)) return;
  event.preventDefault();
  if (button?.name === "jump.add" && !form.querySelector('[name="jump.is"]:checked')) {
    tell("Prosimy najpierw zaznaczyć odpowiedź.");
    form.querySelector('[name="jump.is"]').focus();
  } else if (form.id === "formularz") save(button, button && ("redraw" in button.dataset || button.name === "over"));
  else if (button?.getAttribute("aria-disabled") !== "true") act(form, button);
});

root.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-go]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const open = link.getAttribute("href") === "/panel/ankieta" && link.closest(".open");
  go(link.getAttribute("href"), { focus: open ? nameOf(open) : "" });
});

// Who leaves by a link takes along what was typed.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || !(dirty || busy) || stuck || link.target || "download" in link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  await flush();
  if (!dirty) location.assign(link.href);
});

root.addEventListener("keydown", (event) => {
  const e = event.target;
  if (event.key === "Enter" && e.matches("#formularz input:not([type=checkbox])")) {
    event.preventDefault();
    flush();
  } else if (event.key === "Escape" && e.closest("details[open].ed-add, details[open].ed-pick")) {
    const open = e.closest("details");
    open.open = false;
    open.querySelector("summary").focus();
  } else if (event.key === "Escape" && e.closest("#formularz")) {
    go("/panel/ankieta", { focus: nameOf(e.closest(".open")) });
  } else if (e.matches(".ed-move .ed-handle") && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    event.preventDefault();
    act(e.form, undefined, { do: event.key === "ArrowUp" ? "up" : "down" });
  }
});

// A question was dragged to another place.
root.addEventListener("moved", (event) => {
  const { question, section, before } = event.detail;
  act(question.querySelector(".ed-move"), undefined, { do: "move", section, before });
});

hideByRules.addEventListener("change", preview);
addEventListener("popstate", () => go(location.href, { push: false }));
addEventListener("beforeunload", (event) => { if (dirty || busy) event.preventDefault(); });

// Who comes back to the page sees what others saved meanwhile.
document.addEventListener("visibilitychange", async () => {
  if (document.visibilityState === "hidden") { flush(); return; }
  if (dirty || stuck) return;
  const address = new URL(location.href);
  address.searchParams.set("od", root.dataset.revision);
  const page = await ask(address.href);
  if (page && !dirty && page.getElementById("edytor").dataset.revision !== root.dataset.revision) take(page, true);
});

prepare();
if (openForm()) enter();
for (const frame of [phone, paper]) frame.addEventListener("load", loaded);
if (phone.contentDocument.readyState === "complete") follow();

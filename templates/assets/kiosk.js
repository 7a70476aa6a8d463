// The survey on a kiosk: a question a screen. Without this script it is the residents' form. Rules are decided by survey.js,
// which runs before where there are any; what it hides has no screen. Answers go out by kiosk-line.js. Whoever walks away
// leaves nothing on the screen: it is cleared after half a minute without a touch, told 20 s before (WCAG 2.2, 2.2.1).
const idle = 30, longer = 180; // s without a touch until all is cleared; for who asked for time
const warning = 20; // s of these with the countdown on the screen
const rest = 3, stay = 8; // s of the thanks: before another survey can begin, and at most
const rows = 4; // of a matrix that stand on a screen
const reading = 1000; // ms a screen: who is faster has not read it
const pace = 4; // answers a minute: more are no people who take turns

const form = document.getElementById("ankieta");
const $ = (id) => document.getElementById(id);
const words = form.dataset;
const checks = JSON.parse(words.checks);
const [start, end, full, bar, back, next, status] = ["start", "koniec", "pelny", "pasek", "wstecz", "dalej", "stan"].map($);
const title = $("tytul");
const screened = start !== null && $("bledy") === null; // else the form was sent without script, and is to be mended as it stands
const { line } = await import(document.body.dataset.line);

let at = null; // the screen that is shown; null: none of a question
let key = ""; // of the answers on the screen; stays for another try
let seen = 0, began = 0; // screens that were shown, and when the first one was
let recent = []; // when the last answers were given
let stale = false; // another version, or a break, waits for nobody to be here
let sending = false;
const foreign = new URL(location.href).searchParams.has("lang"); // the next person begins in Polish

// screens lists what is shown one after the other: a question, of a matrix so many of its rows. info is a screen too.
function screens() {
  return [...form.querySelectorAll("[data-label]")].map((label) => label.closest(".question, .notice"))
    .filter((question) => !question.closest("[hidden]")).flatMap((question) => {
      const parts = [...question.querySelectorAll(".matrix tbody")].flatMap(partsOf);
      return (parts.length > 0 ? parts : [null]).map((part, i, all) => ({ question, part, i, n: all.length }));
    });
}

// partsOf splits an area of a matrix into lists of its lines: so many rows, a pair being two of them; the importance apart.
function partsOf(body) {
  const area = [...body.rows].filter((line) => line.classList.contains("area")), units = [], parts = [];
  for (const line of body.rows) {
    if (line.classList.contains("area")) continue;
    const unit = units.at(-1);
    if (line.classList.contains("item") && unit?.[0].classList.contains("pair") && unit.length < 3) unit.push(line);
    else units.push([line]);
  }
  let room = 0;
  for (const unit of units) {
    const worth = unit[0].classList.contains("worth"), n = Math.max(1, unit.length - 1);
    if (worth || room < n) {
      parts.push([...area]);
      room = rows;
    }
    parts.at(-1).push(...unit);
    room = worth ? 0 : room - n;
  }
  return parts;
}

const same = (a, b) => a !== null && b !== undefined && a.question === b.question && a.i === b.i;
const place = (all) => all.findIndex((screen) => same(at, screen));

// show puts a screen in the place of the one before, and the focus on its words.
function show(screen) {
  at = screen;
  const { question, part } = screen;
  const all = screens(), here = place(all);
  start.hidden = end.hidden = full.hidden = true;
  form.hidden = bar.hidden = false;
  title.classList.add("hidden");
  for (const section of form.querySelectorAll(".section")) section.classList.toggle("off", !section.contains(question));
  for (const e of form.querySelectorAll(".section > .question, .section > .notice")) e.classList.toggle("off", e !== question);
  for (const line of question.querySelectorAll(".matrix tbody tr")) line.classList.toggle("off", part !== null && !part.includes(line));
  for (const table of question.querySelectorAll(".matrix")) table.classList.toggle("off", part !== null && !part.some((l) => table.contains(l)));
  $("gdzie").textContent = screen.n > 1 ? words.part.replace("{a}", screen.i + 1).replace("{b}", screen.n) : "";
  next.textContent = here === all.length - 1 ? words.send : words.next;
  const label = question.querySelector("[data-label]");
  label.tabIndex = -1;
  label.focus();
  scrollTo(0, 0);
  $("tresc").scrollTo(0, 0);
}

// below tells whether the screen goes on below the edge: a tablet shows no scroll bar.
function below() {
  const page = $("tresc");
  document.body.classList.toggle("more", page.scrollHeight - page.clientHeight - page.scrollTop > 8);
}

// only shows a section alone.
function only(section) {
  at = null;
  for (const e of [end, full]) e.hidden = e !== section;
  form.hidden = section !== start;
  start.hidden = section !== start;
  title.classList.remove("hidden");
  for (const e of form.querySelectorAll(".section")) e.classList.add("off");
  bar.hidden = true;
  $("tresc").scrollTo(0, 0);
}

// given returns what is answered in a field, or in what a text of an option stands for.
function given(field) {
  return new FormData(form).getAll(field).map((value) => value.trim()).filter(Boolean);
}

const holds = {
  required: ({ field }) => given(field).length > 0,
  few: ({ field, n, of = [] }) => given(field).length === 0 || given(field).length >= n || given(field).some((v) => of.includes(v)),
  many: ({ field, n }) => given(field).length <= n,
  exclusive: ({ field, of = [] }) => given(field).length < 2 || !given(field).some((v) => of.includes(v)),
  number: ({ field, of = [] }) => given(field).every((v) => of.includes(v) || /^[+-]?\d+$/.test(v)),
  below: ({ field, n = 0, of = [] }) => given(field).every((v) => of.includes(v) || !(Number(v) < n)),
  above: ({ field, n = 0, of = [] }) => given(field).every((v) => of.includes(v) || !(Number(v) > n)),
  unchosen: ({ field, of: [question, value] }) => given(field).length === 0 || given(question).includes(value),
};

// controls are those of a field that stand on a screen.
function controls(field, { question, part }) {
  return [...question.querySelectorAll("input, textarea")].filter((e) => e.name === field && (part === null || part.some((l) => l.contains(e))));
}

// faults lists what is wrong on a screen, by field.
function faults(screen) {
  const found = new Map();
  for (const check of checks) {
    if (!found.has(check.field) && controls(check.field, screen).length > 0 && !holds[check.kind](check)) found.set(check.field, check.text);
  }
  return found;
}

// mark writes what is wrong beside it, and puts the focus there.
function mark(screen, problems) {
  clear();
  let first = null;
  for (const [field, text] of problems) {
    const [control] = controls(field, screen);
    if (!control) continue;
    const note = document.createElement("span");
    note.className = "error note";
    note.id = `blad-${field}`;
    note.setAttribute("role", "alert");
    note.textContent = text;
    const line = control.closest(".item"), other = control.closest(".other"), worth = control.closest(".worth fieldset");
    const about = line?.querySelector("th") ?? other ?? worth?.querySelector("legend") ?? screen.question.querySelector("legend, .ask");
    about.append(note);
    (line ?? other ?? screen.question).classList.add("bad");
    for (const e of controls(field, screen)) {
      e.setAttribute("aria-invalid", "true");
      e.setAttribute("aria-describedby", note.id);
    }
    first ??= control;
  }
  first?.focus();
}

function clear() {
  for (const e of form.querySelectorAll(".note")) e.remove();
  for (const e of form.querySelectorAll(".bad")) e.classList.remove("bad");
  for (const e of form.querySelectorAll("[aria-invalid]")) {
    e.removeAttribute("aria-invalid");
    if (e.getAttribute("aria-describedby")?.startsWith("blad-")) e.removeAttribute("aria-describedby");
  }
}

function begin() {
  if (document.fullscreenEnabled && !document.fullscreenElement) document.documentElement.requestFullscreen().catch(() => {});
  seen = 1;
  began = Date.now();
  key = Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
  show(screens()[0]);
}

function forward() {
  if (at === null || sending) return;
  const wrong = faults(at);
  if (wrong.size > 0) {
    mark(at, wrong);
    return;
  }
  clear();
  const all = screens(), here = place(all);
  if (here === all.length - 1) send(all);
  else {
    seen++;
    show(all[here + 1]);
  }
}

function backward() {
  if (at === null || sending) return;
  clear();
  const all = screens(), here = place(all);
  if (here > 0) show(all[here - 1]);
  else welcome($("zacznij"));
}

// today is the day by this device's clock.
function today() {
  const now = new Date(), two = (n) => String(n).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

async function send(all) {
  const now = Date.now();
  const fields = [...new FormData(form)].filter(([name]) => !["_key", "_page", "_do"].includes(name));
  fields.push(["_key", key], ["_day", today()]);
  recent = recent.filter((then) => now - then < 60_000);
  if (now - began < seen * reading || recent.length >= pace) fields.push(["_fast", "1"]);
  sending = true;
  next.setAttribute("aria-disabled", "true");
  status.textContent = words.sending;
  const { state, problems } = await line.send(fields);
  sending = false;
  next.removeAttribute("aria-disabled");
  status.textContent = "";
  if (state === "refused") {
    const wrong = Object.entries(problems);
    const screen = all.find((s) => wrong.some(([field]) => controls(field, s).length > 0)) ?? all[0];
    show(screen);
    mark(screen, wrong);
  } else if (state === "lost") {
    const [control] = [...at.question.querySelectorAll("input, textarea")];
    mark(at, [[control?.name, words.lost]]);
    if (!control) status.textContent = words.lost;
  } else {
    recent.push(now);
    thank(state === "kept");
  }
}

let thanked = 0; // when

function thank(kept) {
  thanked = Date.now();
  form.reset();
  $("zapisane").hidden = kept;
  $("zachowane").hidden = !kept;
  $("nowa").setAttribute("aria-disabled", "true");
  only(end);
  $(kept ? "zachowane" : "zapisane").querySelector("h1").focus();
}

// welcome shows the first screen, and the focus on something of it.
async function welcome(focus = title) {
  if (await line.full()) {
    only(full);
    full.querySelector("h1").focus();
    return;
  }
  only(start);
  focus.focus();
}

// clean clears all for the next person.
function clean() {
  form.reset();
  clear();
  thanked = 0;
  patient = false;
  $("okno").close();
  if (foreign || stale || !screened) location.replace("/kiosk");
  else welcome();
}

// The clock: what happens when nobody touches the screen.
let touched = Date.now();
let patient = false; // somebody asked for more time
let warned = false;

function touch(event) {
  if (event.target instanceof Element && event.target.id === "wiecej") return;
  touched = Date.now();
  unwarn();
}

function unwarn() {
  $("czas").hidden = true;
  warned = false;
}

function tick() {
  const now = Date.now();
  if (thanked) {
    if (now - thanked >= rest * 1000) $("nowa").removeAttribute("aria-disabled");
    if (now - thanked >= stay * 1000) clean();
    return;
  }
  const untouched = screened && at === null && !$("okno").open && !foreign;
  if (untouched) {
    touched = now;
    unwarn();
    if (stale) clean();
    else if (!full.hidden) line.full().then((still) => { if (!still && !full.hidden) welcome(); });
    return;
  }
  const left = (patient ? longer : idle) - Math.floor((now - touched) / 1000);
  if (left <= 0 && !sending) {
    unwarn();
    touched = now;
    clean();
  } else if (left <= warning) {
    $("sekundy").textContent = left;
    $("czas").hidden = false;
    if (!warned) $("ostrzezenie").textContent = `${$("czas").querySelector("span").textContent} ${left}`;
    warned = true;
  }
}

$("wiecej").addEventListener("click", () => {
  patient = true;
  touched = Date.now();
  unwarn();
  $("ostrzezenie").textContent = words.given;
  (at?.question.querySelector("[data-label]") ?? $("tresc")).focus();
});
for (const kind of ["pointerdown", "keydown", "input", "wheel", "touchmove"]) addEventListener(kind, touch, { passive: true, capture: true });
setInterval(tick, 1000);

// Pages that every page has to lead to are shown inside, as a kiosk has no way back from elsewhere.
for (const link of document.querySelectorAll("[data-inside]")) {
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    const response = await fetch(link.href).catch(() => undefined);
    if (!response?.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const content = page.querySelector("main .wrap");
    for (const a of content.querySelectorAll("a")) a.replaceWith(...a.childNodes);
    $("okno-h").textContent = content.querySelector("h1").textContent;
    content.querySelector("h1").remove();
    for (const e of content.querySelectorAll("[id]")) e.removeAttribute("id");
    $("okno-tresc").replaceChildren(...content.childNodes);
    $("okno").showModal();
    $("okno").scrollTo(0, 0);
  });
}
$("zamknij").addEventListener("click", () => $("okno").close());

// A line typed beside an option chooses it, as survey.js has it where there are rules.
form.addEventListener("input", ({ target }) => {
  const option = target.closest(".other")?.previousElementSibling.querySelector("input");
  if (option && target.value.trim() !== "") option.checked = true;
  target.closest(".bad")?.classList.remove("bad");
});
form.addEventListener("submit", (event) => {
  if (!screened) return;
  event.preventDefault();
  forward();
});
$("zacznij")?.addEventListener("click", begin);
next.addEventListener("click", forward);
back.addEventListener("click", backward);
$("nowa").addEventListener("click", (event) => { if (event.target.getAttribute("aria-disabled") !== "true") clean(); });
document.addEventListener("kiosk", ({ detail }) => { stale = !detail.open || String(detail.version) !== words.version; });

// keepShell keeps what this page is made of, for a start without a network.
async function keepShell() {
  await navigator.serviceWorker.register("/kiosk/sw.js", { scope: "/kiosk" });
  const fresh = await fetch("/kiosk");
  if (!fresh.ok || fresh.redirected) return;
  const loaded = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon]")].map((e) => e.href).concat([...document.scripts].map((e) => e.src), Object.values(document.body.dataset));
  const others = [...document.querySelectorAll(".languages a, [data-inside]")].map((e) => e.href);
  const cache = await caches.open("kiosk");
  await cache.put("/kiosk", fresh);
  await cache.addAll(loaded.concat(others));
  const wanted = new Set(["/kiosk", ...loaded, ...others].map((address) => new URL(address, location.href).href));
  for (const request of await cache.keys()) if (!wanted.has(request.url)) await cache.delete(request);
  document.documentElement.dataset.shell = "kept";
}

if (screened) {
  document.documentElement.classList.add("screens");
  for (const e of document.querySelectorAll(".screen-only")) e.hidden = false;
  $("tresc").addEventListener("scroll", below, { passive: true });
  const sizes = new ResizeObserver(below);
  for (const e of [$("tresc"), $("tresc").firstElementChild]) sizes.observe(e);
  welcome();
  if (navigator.serviceWorker) keepShell().catch(() => {});
  navigator.storage?.persist?.();
}

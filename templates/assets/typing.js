// Types paper sheets by keys alone. Without this script the page is a plain form of the same fields.
// A sheet is a list of stops: the code, a row each, the button. Keys choose by data-key; what was typed and
// not saved yet is kept for this tab, so that a reload loses nothing, and forgotten once it is saved.

const root = document.getElementById("typing");
const screen = document.getElementById("screen");
const told = document.getElementById("told");
const sound = document.getElementById("sound");
const draftName = "sheet:" + location.pathname;
const patience = 15000; // ms for an answer of the service
const typedBlank = [".", ","]; // the numeric block has a comma in Polish

let audio = null;
let sending = false;
let taken = false; // the key that is down was taken as a choice or a move
let withoutCode = false; // the last sheet had none, so the next one starts at its first row

const sheet = () => document.getElementById("sheet");
const rowOf = (element) => element.closest("[data-row]");
const stops = () => [...sheet().querySelectorAll("[data-row]")].filter((row) => !row.hidden);

// Sounds

function beep(frequency, length, after = 0) {
  if (!sound.checked) return;
  audio ??= new AudioContext();
  const start = audio.currentTime + after, tone = audio.createOscillator(), volume = audio.createGain();
  tone.frequency.value = frequency;
  volume.gain.setValueAtTime(0.08, start);
  volume.gain.exponentialRampToValueAtTime(0.001, start + length);
  tone.connect(volume).connect(audio.destination);
  tone.start(start);
  tone.stop(start + length);
}

const beepTaken = () => beep(880, 0.05);
const beepRefused = () => beep(200, 0.25);
const beepSaved = () => { beep(660, 0.09); beep(990, 0.14, 0.1); };

function tell(text, bad = false) {
  told.textContent = text;
  told.classList.toggle("bad", bad);
}

function refuse(text) {
  beepRefused();
  tell(text, true);
}

// Moving

function enter(stop) {
  const target = stop.matches("button") ? stop
    : stop.querySelector("input[type=text], input:not([type]), textarea") ?? stop.querySelector("input:checked:not([data-key='.'])") ?? stop.querySelector("input");
  target.focus({ preventScroll: true });
  stop.scrollIntoView({ block: "center" });
  if (stop.dataset.row === "save") tell("Koniec arkusza. Enter zapisuje.");
}

// move goes to a neighbour. Forward it passes over what the rules hide, unless it is among that already. Back it goes
// to the first row of that, where the answers begin that a paper may have there all the same.
function move(row, by) {
  const all = stops(), inside = skipped(row);
  let at = all.indexOf(row) + by;
  while (by > 0 && !inside && at < all.length - 1 && skipped(all[at])) at++;
  while (by < 0 && !inside && at > 0 && skipped(all[at]) && skipped(all[at - 1])) at--;
  if (at >= 0 && at < all.length) enter(all[at]);
}

// leave goes on from a row by Enter, over what the rules hide unless something was typed in it; from the last row it
// saves.
function leave(row) {
  const all = stops();
  let at = all.indexOf(row) + 1;
  while (at < all.length - 1 && skipped(all[at]) && !(skipped(row) && filledIn(row))) at++;
  if (at === all.length - 1) sheet().requestSubmit();
  else enter(all[at]);
}

// Choosing

const typedField = (row) => row.querySelector("[data-typed]");

function changed(element) {
  element.dispatchEvent(new Event("change", { bubbles: true }));
}

function clear(row) {
  for (const input of row.querySelectorAll("[data-key]")) input.checked = input.dataset.key === ".";
  const field = typedField(row);
  if (field) field.value = "";
}

function choose(row, input) {
  const many = row.dataset.row === "many" && !("state" in input.dataset);
  if (many) {
    input.checked = !input.checked;
    input.focus({ preventScroll: true });
  } else {
    clear(row);
    input.checked = true;
  }
  changed(input);
  beepTaken();
  const name = input.parentElement.querySelector(".name").textContent;
  tell(many && !input.checked ? "Odznaczono: " + name : name);
  if (!many) move(row, 1);
}

// settle keeps a row free of contradictions, however it was changed: a state goes with nothing else.
function settle(input) {
  const row = rowOf(input);
  if (!row) return;
  if (row.dataset.when && input.value.trim() !== "") chooseWhich(document.getElementById(row.dataset.when));
  const state = "state" in input.dataset, field = typedField(row);
  if (input === field && field.value !== "") {
    for (const other of row.querySelectorAll("[data-key]")) other.checked = false;
  } else if (state && input.checked) {
    for (const other of row.querySelectorAll("[data-key]")) other.checked = other === input;
    if (field) field.value = "";
  } else if (row.dataset.row === "many" && input.checked) {
    for (const other of row.querySelectorAll("[data-state]")) other.checked = false;
  }
}

// chooseWhich lets words in the line for "jakie?" choose its option, unless the question can't be read.
function chooseWhich(option) {
  if (option.checked || rowOf(option).querySelector("[value=unreadable]:checked")) return;
  option.checked = true;
  settle(option);
}

// showWhich shows the line for "jakie?" only beside the option that asks for it, or while there are words in it.
function showWhich() {
  for (const row of sheet().querySelectorAll("[data-when]")) {
    row.hidden = !document.getElementById(row.dataset.when).checked && typedField(row).value.trim() === "";
  }
}

// Rules: what the answers typed so far hide is passed over. Paper may have an answer there all the same: it can be
// typed and is kept, but does not count.

const skipped = (row) => row.closest(".group.skipped") !== null;
const questionOf = (field) => field.split(".")[0];

// filledIn tells whether something was typed in a row, or in any row of a group.
function filledIn(part) {
  return [...part.querySelectorAll("[data-key], [data-typed]")].some((e) => (isBox(e) ? e.checked && e.dataset.key !== "." : e.value.trim() !== ""));
}

// given lists a field's values. More marks than a multi question allows can't be read, so none of them counts.
function given(data, field) {
  const values = data.getAll(field).map((value) => value.trim()).filter(Boolean);
  const row = document.getElementById("w-" + field);
  if (row?.dataset.row !== "many" || values.length < 2) return values;
  const crowded = "most" in row.dataset && values.length > Number(row.dataset.most);
  return crowded || row.querySelector("[data-sole]:checked") ? [] : values;
}

// met tells whether a field has one of the values, or a number within the bounds.
function met(data, hidden, { field, is, from, to }) {
  if (hidden.has(questionOf(field))) return false;
  return given(data, field).some((value) => (is ? is.includes(value) : /^[+-]?\d+$/.test(value) && from <= Number(value) && Number(value) <= to));
}

const holds = (data, hidden, test) => test.of.some((span) => met(data, hidden, span)) !== Boolean(test.not);

// applyRules marks what is passed over. A rule asks only for what stands above it.
function applyRules() {
  const data = new FormData(sheet()), hidden = new Set();
  for (const group of sheet().querySelectorAll("[data-gate]")) {
    const open = JSON.parse(group.dataset.gate).every((some) => some.some((test) => holds(data, hidden, test)));
    if (!open) hidden.add(questionOf(group.querySelector("[data-row]").id.slice("w-".length)));
    group.classList.toggle("skipped", !open);
    const rule = group.querySelector(".rule");
    rule.hidden = open;
    rule.querySelector("b").hidden = open;
    rule.querySelector("[data-kept]").hidden = open || !filledIn(group);
  }
}

let among = false; // the focus is on a row that is passed over

// warn says, once on entering rows that are passed over, what becomes of an answer there.
function warn(event) {
  const row = rowOf(event.target), now = row !== null && skipped(row);
  if (now && !among) tell("To pytanie jest pomijane. Odpowiedź z arkusza można wpisać: zostanie zapisana, ale nie wejdzie do wyników tego pytania.");
  among = now;
}

// Keys

function onKey(event) {
  const row = rowOf(event.target), key = event.key;
  if (!row || event.isComposing || event.altKey || event.metaKey || (event.ctrlKey && key !== "Enter")) return;
  const typing = event.target.matches("textarea, input:not([type=radio], [type=checkbox])");
  const filled = typing && event.target.value !== "";
  if (key === "Enter" && row.dataset.row !== "save") {
    if (event.shiftKey && event.target.matches("textarea")) return;
    event.preventDefault();
    if (!event.repeat) onEnter(row);
  } else if (key === "Backspace" && !filled) {
    event.preventDefault();
    move(row, -1);
  } else if (key.length === 1 && key !== " " && !filled && row.dataset.row !== "code" && row.dataset.row !== "save") {
    onChoice(event, row, typing);
  }
}

function onEnter(row) {
  if (row.dataset.row !== "code") {
    leave(row);
    return;
  }
  withoutCode = document.getElementById("code").value.trim() === "";
  move(row, 1);
  if (withoutCode) tell("Bez kodu.");
  else checkCode();
}

// onChoice takes a key that stands for an answer. In an empty field only states are keys; the rest is text.
function onChoice(event, row, typing) {
  const key = typedBlank.includes(event.key) ? "." : event.key;
  const input = row.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (typing && !input) return;
  event.preventDefault();
  if (event.repeat) return;
  if (input) {
    choose(row, input);
  } else if (key === ".") {
    clear(row);
    changed(row.querySelector("input"));
    move(row, 1);
  } else {
    refuse(`Klawisz ${key} nie oznacza tu żadnej odpowiedzi.`);
  }
}

async function checkCode() {
  const field = document.getElementById("code"), asked = field.value;
  try {
    const answer = await fetch(root.dataset.codes + "?" + new URLSearchParams({ kod: asked }), { signal: AbortSignal.timeout(patience) });
    const { fits, message } = await answer.json();
    if (field.value !== asked || !field.isConnected) return;
    rowOf(field).classList.toggle("bad", !fits);
    if (fits) {
      tell(message);
      return;
    }
    refuse(message);
    enter(rowOf(field));
    field.select();
  } catch {
    // The service looks at the code again when the sheet is saved.
  }
}

// Keeping what is not saved yet

const kept = (form) => [...form.elements].filter((e) => e.name && e.name !== "_csrf");
const isBox = (element) => element.type === "radio" || element.type === "checkbox";

function keep() {
  const values = kept(sheet()).map((e) => (isBox(e) ? e.checked : e.value));
  sessionStorage.setItem(draftName, JSON.stringify(values));
}

function restore() {
  const values = JSON.parse(sessionStorage.getItem(draftName) ?? "null"), elements = kept(sheet());
  if (!values || values.length !== elements.length) return false;
  elements.forEach((e, i) => {
    if (isBox(e)) e.checked = values[i];
    else e.value = values[i];
  });
  return true;
}

const forget = () => sessionStorage.removeItem(draftName);

// Saving

async function save(event) {
  event.preventDefault();
  if (sending) return;
  sending = true;
  tell("Zapisywanie…");
  try {
    const form = sheet();
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), signal: AbortSignal.timeout(patience) });
    await take(answer);
  } catch {
    stay("Nie ma połączenia z serwisem. Nic nie zginęło: arkusz jest na ekranie. Enter zapisuje jeszcze raz.");
  } finally {
    sending = false;
  }
}

// take goes on as the service answers: to the next sheet, to the same one with notes, or it stays.
async function take(answer) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = page.getElementById("screen");
  if (answer.redirected && new URL(answer.url).pathname.startsWith("/panel/logowanie")) {
    stay("Sesja wygasła. Prosimy zalogować się ponownie i wrócić na tę stronę – wpisany arkusz na niej wróci.");
  } else if (answer.ok) {
    forget();
    beepSaved();
    if (next) show(next, page.title);
    else location.assign(answer.url);
  } else if (next && answer.status !== 503) {
    show(next, page.title);
    keep();
    refuse([...screen.querySelectorAll("[data-told]")].map((e) => e.textContent).join(" "));
  } else {
    const reason = (next ?? page).querySelector("[data-told], .lead")?.textContent.trim();
    stay(reason || "Serwis nie zapisał arkusza. Wpisane odpowiedzi są na ekranie. Enter zapisuje jeszcze raz.");
  }
}

// stay leaves everything as it was typed, with the button at hand.
function stay(reason) {
  enter(stops().at(-1));
  refuse(reason);
}

function show(next, title) {
  screen.replaceChildren(...document.adoptNode(next).childNodes);
  document.title = title;
  begin(false);
}

function begin(fromDraft) {
  const restored = fromDraft && restore();
  showWhich();
  applyRules();
  among = false;
  const bad = sheet().querySelector(".entry.bad"), all = stops(), first = all[0].dataset.row === "code" && withoutCode ? all[1] : all[0];
  enter(bad ?? first);
  const saved = screen.querySelector("[data-saved]");
  if (restored) tell("Przywrócono arkusz, który nie został zapisany.");
  else if (saved) tell(saved.textContent.trim());
}

root.addEventListener("keydown", (event) => {
  onKey(event);
  taken = event.defaultPrevented;
});
// Remote desktops and screen keyboards may send the character of a key that was taken: it must not go to the
// stop that has the focus by now.
root.addEventListener("keypress", (event) => {
  if (taken) event.preventDefault();
});
root.addEventListener("submit", save);
for (const kind of ["input", "change"]) {
  screen.addEventListener(kind, (event) => {
    settle(event.target);
    showWhich();
    applyRules();
    keep();
  });
}
screen.addEventListener("focusin", warn);
screen.addEventListener("click", (event) => {
  if (event.target.id === "drop") forget();
});
sound.checked = localStorage.getItem("sound") !== "off";
sound.addEventListener("change", () => localStorage.setItem("sound", sound.checked ? "on" : "off"));
document.getElementById("keys").hidden = false;
begin(true);

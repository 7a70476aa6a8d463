// Types paper sheets by keys alone. Without this script the page is a plain form of the same fields.
// A sheet is a list of stops: the code, a row each, the button. Keys choose by data-key. What was typed and is not stored
// yet is kept in this browser (typing-kept.js) until the service says that it has it: what is on the screen comes back
// after an accident, and new sheets wait for the network while the next ones are typed (typing-send.js).

const root = document.getElementById("typing");
const [{ open }, { Sender, empty, fieldsOf, fill, typedIn }, { applyRules, filledIn, skipped }, { beepTaken, beepRefused, beepSaved }] =
  await Promise.all(["kept", "send", "rules", "sound"].map((name) => import(root.dataset[name])));
const kept = await open(root.dataset.keep, root.dataset.account);
const screen = document.getElementById("screen");
const told = document.getElementById("told");
const patience = 15000; // ms for an answer of the service
const typedBlank = [".", ","]; // the numeric block has a comma in Polish

let sending = false;
let taken = false; // the key that is down was taken as a choice or a move
let withoutCode = false; // the last sheet had none, so the next one starts at its first row
const isBox = (element) => element.type === "radio" || element.type === "checkbox";
const sheet = () => document.getElementById("sheet");
const rowOf = (element) => element.closest("[data-row]");
const stops = () => [...sheet().querySelectorAll("[data-row]")].filter((row) => !row.hidden);

// tell says something in words, with a link to follow where there is one.
function tell(text, bad = false, link = null) {
  told.textContent = text;
  told.classList.toggle("bad", bad);
  if (!link) return;
  const a = document.createElement("a");
  a.href = link.to;
  a.textContent = link.words;
  told.append(" ", a);
}

function refuse(text, link = null) {
  beepRefused();
  tell(text, true, link);
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

let among = false; // the focus is on a row that is passed over

// warn says, once on entering rows that are passed over, what becomes of an answer there.
function warn(event) {
  const row = rowOf(event.target), now = row !== null && skipped(row);
  if (now && !among) tell("To pytanie jest pomijane. Odpowiedź z arkusza można wpisać: zostanie zapisana, ale nie wejdzie do wyników tego pytania.");
  among = now;
}

// Keys

let ahead = []; // keys pressed while a sheet is being saved: they are the next one's

function onKey(event) {
  if (sending && !event.altKey && !event.metaKey && !event.ctrlKey && (event.key.length === 1 || ["Enter", "Backspace"].includes(event.key))) {
    event.preventDefault();
    ahead.push(event.key);
    return;
  }
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

// catchUp takes the keys that were pressed ahead.
function catchUp() {
  const keys = ahead;
  ahead = [];
  for (const key of keys) {
    const target = document.activeElement;
    let taken = false;
    onKey({ target, key, preventDefault: () => { taken = true; } });
    if (taken || key.length !== 1 || !target.matches("textarea, input:not([type=radio], [type=checkbox])")) continue;
    target.setRangeText(key, target.selectionStart, target.selectionEnd, "end");
    target.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

async function checkCode() {
  const field = document.getElementById("code"), asked = field.value;
  try {
    const answer = await fetch(root.dataset.codes + "?" + new URLSearchParams({ kod: asked }), { signal: AbortSignal.timeout(patience) });
    const { fits, message, link } = await answer.json();
    if (field.value !== asked || !field.isConnected) return;
    rowOf(field).classList.toggle("bad", !fits);
    if (fits) {
      tell(message);
      return;
    }
    refuse(message, link && { to: link, words: "Zobacz ten arkusz" });
    enter(rowOf(field));
    field.select();
  } catch {
    // The service looks at the code again when the sheet is saved.
  }
}

// Keeping what is not stored yet

// typed is the sheet on the screen as it is kept.
function typed(state) {
  const form = sheet();
  return { key: form.elements._key.value, action: form.getAttribute("action"), batch: root.dataset.batch, version: root.dataset.version, fresh: "fresh" in form.dataset,
    state, fields: fieldsOf(form) };
}

const keep = () => onDisk(typedIn(sheet()) ? kept?.draft(typed("draft")) : kept?.remove(sheet().elements._key.value));

// onDisk marks the page until all is written.
async function onDisk(write) {
  root.dataset.keeping = "";
  const done = await write;
  if (!kept || kept.idle) delete root.dataset.keeping;
  return done;
}

// restore brings the newest sheet back that was being typed here, if no other window has it.
async function restore(all) {
  const action = sheet().getAttribute("action");
  for (const one of all.filter((one) => one.action === action && one.state === "draft").reverse()) {
    if (!(await kept.hold(one.key))) continue;
    fill(sheet(), one);
    return true;
  }
  return false;
}

// Saving

const sender = new Sender({ kept, patience, token: () => sheet().elements._csrf.value, list: document.getElementById("kept"), onOpen: openKept,
  onSent: sent, onRefused: (text) => refuse(text) });

// sent tells that a sheet which waited is stored, and how many there are by now.
function sent(page) {
  tell("Zaległy arkusz wysłany. " + (page.querySelector("[data-saved]")?.textContent.trim() ?? ""));
  const now = page.getElementById("count"), count = document.getElementById("count");
  if (!now || !count) return;
  count.textContent = now.textContent;
  sheet().dataset.sheets = page.getElementById("sheet").dataset.sheets;
}

async function save(event) {
  event.preventDefault();
  if (sending) return;
  sending = true;
  try {
    const one = typed("draft");
    if (one.fresh) one.tried = Date.now();
    tell("Zapisywanie…");
    const [safe, came] = await Promise.all([onDisk(kept?.put(one.fresh ? { ...one, state: "waiting" } : one)), sender.send(one)]);
    await take(one, came, safe && one.fresh);
  } finally {
    sending = false;
  }
  catchUp();
  await sender.draw();
}

// take goes on as the service answered: to the next sheet, to the same one with notes, or it stays.
async function take(one, { kind, answer, page, reason }, safe) {
  const next = page?.getElementById("screen");
  if (kind === "saved") {
    const gone = onDisk(kept?.remove(one.key)).then(() => kept?.letGo(one.key));
    beepSaved();
    if (next) show(next, page.title);
    else gone.then(() => location.assign(answer.url));
    gone.then(() => sender.flush());
  } else if (kind === "away" && safe) {
    kept.letGo(one.key);
    beepSaved();
    showBlank();
    sender.later();
    tell(`Nie ma połączenia z\u00a0serwisem. Arkusz czeka w\u00a0tej przeglądarce i\u00a0zostanie wysłany, gdy połączenie wróci. Można wpisywać dalej.`);
  } else {
    ahead = [];
    await onDisk(kept?.put({ ...one, tried: undefined }));
    if (kind === "refused" && next) {
      show(next, page.title);
      refuse([...screen.querySelectorAll("[data-told]")].map((e) => e.textContent).join(" "));
    } else if (kind === "loggedout") {
      stay("Sesja wygasła. Arkusz czeka w\u00a0tej przeglądarce i\u00a0po zalogowaniu wróci na ekran.",
        { to: "/panel/logowanie?dalej=" + encodeURIComponent(location.pathname), words: "Zaloguj się" });
    } else {
      stay(reason);
    }
  }
}

// stay leaves everything as it was typed, with the button at hand.
function stay(reason, link = null) {
  enter(stops().at(-1));
  refuse(reason, link);
}

// openKept puts a sheet that was refused or left on the screen. What is being typed takes its place in the list.
async function openKept(one) {
  if (!(await kept.hold(one.key))) return;
  if (typedIn(sheet())) {
    await onDisk(kept.put({ ...typed("draft"), why: "Odłożony w\u00a0trakcie wpisywania." }));
    kept.letGo(sheet().elements._key.value);
  }
  showBlank();
  fill(sheet(), one);
  await onDisk(kept.put({ ...typed("draft"), tried: one.tried }));
  begin();
  await sender.draw();
  if (one.why) tell(one.why, true);
}

function show(next, title) {
  screen.replaceChildren(...document.adoptNode(next).childNodes);
  document.title = title;
  begin();
}

// showBlank draws an empty sheet of the one on the screen, for which no network is needed.
function showBlank() {
  for (const e of screen.querySelectorAll(".errors, .error, .notice")) e.remove();
  for (const e of screen.querySelectorAll(".bad")) e.classList.remove("bad");
  empty(sheet());
  sheet().elements._key.value = crypto.randomUUID();
  begin();
}

function begin() {
  kept?.hold(sheet().elements._key.value);
  showWhich();
  applyRules(sheet());
  among = false;
  const bad = sheet().querySelector(".entry.bad"), all = stops(), first = all[0].dataset.row === "code" && withoutCode ? all[1] : all[0];
  enter(bad ?? first);
  const saved = screen.querySelector("[data-saved]");
  if (saved) tell(saved.textContent.trim());
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
    applyRules(sheet());
    if (!sending) keep();
  });
}
screen.addEventListener("focusin", warn);
screen.addEventListener("click", async (event) => {
  if (event.target.id !== "drop") return;
  event.preventDefault();
  await kept?.remove(sheet().elements._key.value);
  location.assign(event.target.href);
});
window.addEventListener("online", () => sender.flush());
document.getElementById("keys").hidden = false;
begin();
if (kept && await restore(await kept.all())) {
  begin();
  tell("Przywrócono arkusz, który nie został zapisany.");
}
root.dataset.ready = "";
await sender.draw();
await sender.flush();

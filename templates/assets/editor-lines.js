// Lists of the editor's forms: answers, rows, areas, points of a scale. Lines are added, removed and moved here, in the
// order of which the form sends them; each change is an input event of the form, upon which editor.js saves it.
// Questions are dragged by the same handle; where one was put, editor.js is told by "moved".

const root = document.getElementById("edytor");
const told = document.getElementById("powiedziano");

const tell = (text) => { told.textContent = ""; requestAnimationFrame(() => { told.textContent = text; }); };
const changed = (list) => list.dispatchEvent(new Event("input", { bubbles: true }));
const fields = (line) => [...line.querySelectorAll(".ed-langs textarea")];
const kinds = { options: "Odpowiedź", rows: "Wiersz", areas: "Obszar", scale: "Punkt", importance: "Punkt" };

// Lines

const random = () => [...crypto.getRandomValues(new Uint8Array(8))].map((n) => "abcdefghijklmnopqrstuvwxyz234567"[n % 32]).join("");

// fresh makes an empty line of a list, under a key of its own.
function fresh(list) {
  const line = root.querySelector(`template[data-for="${list.dataset.list}"]`).content.firstElementChild.cloneNode(true);
  const was = line.dataset.id, is = `${list.dataset.list[0]}_${random()}`;
  line.dataset.id = is;
  for (const e of line.querySelectorAll("[name], [id], [for]")) {
    for (const attribute of ["name", "id", "for", "value"]) {
      const value = e.getAttribute(attribute);
      if (value?.includes(was)) e.setAttribute(attribute, value.replace(was, is));
    }
  }
  return line;
}

// add puts an empty line behind another one, or at the end, and enters it; null: the list is full.
function add(list, after) {
  const most = Number(list.dataset.most);
  if (list.children.length >= most) {
    const fault = list.parentElement.querySelector(":scope > [data-fault]");
    fault.className = "ed-fault bad";
    fault.textContent = `Może tu być najwyżej ${most} pozycji.`;
    tell(fault.textContent);
    return null;
  }
  const line = fresh(list), like = after ?? list.lastElementChild;
  if (after) after.after(line);
  else list.append(line);
  number(list);
  areas();
  if (like?.querySelector("[data-areas]")) line.querySelector("[data-areas]").value = like.querySelector("[data-areas]").value; // rows of an area come one after another
  fields(line)[0].focus();
  return line;
}

function remove(line) {
  const list = line.parentElement, next = line.nextElementSibling ?? line.previousElementSibling;
  const words = fields(line)[0].value;
  line.remove();
  number(list);
  areas();
  if (next) fields(next)[0].focus();
  else list.parentElement.querySelector("[data-plus]").focus();
  tell(words ? `Usunięto: ${words}.` : "Usunięto pustą pozycję.");
  changed(list);
}

const bestFirst = (list) => root.querySelector(`[name="${list.dataset.list}.best_first"]`).checked;

// number names each line by its place, for who hears the page.
function number(list) {
  [...list.children].forEach((line, i) => {
    const name = `${kinds[list.dataset.list]} ${i + 1}`;
    const was = line.querySelector(".ed-handle").getAttribute("aria-label").replace(/^Przenieś: /, "");
    for (const e of line.querySelectorAll("[aria-label]")) e.setAttribute("aria-label", e.getAttribute("aria-label").replace(was, name));
    for (const e of line.querySelectorAll("summary .hidden")) e.textContent = ` – ${name}`;
    for (const e of line.querySelectorAll("[data-place]")) e.textContent = name;
    const score = line.querySelector(":scope > .ed-score"); // what counts without a score of its own
    if (score) score.placeholder = bestFirst(list) ? list.children.length - i : i + 1;
  });
}

// areas offers rows the areas as they are typed.
function areas() {
  const list = root.querySelector('[data-list="areas"]');
  if (!list) return;
  const all = [...list.children].map((line) => [line.dataset.id, fields(line)[0].value.trim()]).filter(([, label]) => label);
  const templates = [...root.querySelectorAll("template")].map((e) => e.content);
  for (const select of [root, ...templates].flatMap((e) => [...e.querySelectorAll("[data-areas]")])) {
    const chosen = select.value, none = select.options[0];
    select.replaceChildren(none, ...all.map(([key, label]) => new Option(label, key, false, key === chosen)));
    if (!all.some(([key]) => key === chosen)) select.value = "";
  }
}

// move moves a line by one place.
function move(line, by) {
  const list = line.parentElement, other = by < 0 ? line.previousElementSibling : line.nextElementSibling;
  if (!other) return;
  if (by < 0) other.before(line);
  else other.after(line);
  number(list);
  line.querySelector(".ed-handle").focus();
  tell(`${fields(line)[0].value || "Pusta pozycja"}: miejsce ${[...list.children].indexOf(line) + 1} z ${list.children.length}.`);
  changed(list);
}

// flip turns the points of a scale round; each goes on to count as it did.
function flip(list) {
  list.append(...[...list.children].reverse());
  const best = root.querySelector(`[name="${list.dataset.list}.best_first"]`);
  best.checked = !best.checked;
  number(list);
  tell(`Odwrócono kolejność punktów: od „${fields(list.firstElementChild)[0].value}” do „${fields(list.lastElementChild)[0].value}”.`);
  changed(list);
}

// paste makes a line of each line of text.
function paste(line, field, text) {
  const list = line.parentElement, at = fields(line).indexOf(field);
  const [first, ...rest] = text.split(/\r?\n/).map((s) => s.replace(/^[\s•·*–-]+\s/, "").trim()).filter(Boolean);
  field.setRangeText(first ?? "", field.selectionStart, field.selectionEnd, "end");
  let last = line;
  for (const words of rest) {
    const next = add(list, last);
    if (!next) break;
    const into = fields(next)[at];
    into.value = words.slice(0, into.maxLength);
    next.classList.remove("new");
    last = next;
  }
  areas();
  changed(list);
  tell(`Dodano pozycje: ${rest.length}.`);
}

// left tells how many characters a field still takes, once they run out.
function left(field) {
  const most = field.maxLength, n = most - field.value.length;
  let note = field.nextElementSibling?.matches(".ed-left") ? field.nextElementSibling : null;
  if (n > Math.max(20, most / 10)) {
    note?.remove();
    return;
  }
  if (!note) {
    note = document.createElement("span");
    note.className = "ed-left";
    field.after(note);
  }
  note.textContent = n > 0 ? `Pozostało znaków: ${n} z ${most}.` : `To już ${most} znaków – więcej się nie zmieści.`;
  if (n === 0) tell(note.textContent);
}

root.addEventListener("input", (event) => {
  const field = event.target;
  if (field.tagName !== "TEXTAREA") return;
  left(field);
  const line = field.closest(".ed-line");
  if (!line) return;
  line.classList.toggle("new", line.classList.contains("new") && fields(line).every((e) => e.value === ""));
  if (line.parentElement.dataset.list === "areas") areas();
});

root.addEventListener("change", (event) => {
  const list = event.target.name?.endsWith(".best_first") && root.querySelector(`[data-list="${event.target.name.split(".")[0]}"]`);
  if (list) number(list);
});

root.addEventListener("click", (event) => {
  const plus = event.target.closest("[data-plus]"), drop = event.target.closest(".ed-line .ed-drop");
  const turn = event.target.closest("[data-flip]"), turned = turn && root.querySelector(`[data-list="${turn.dataset.flip}"]`);
  if (turned?.children.length) flip(turned);
  if (plus) add(root.querySelector(`[data-list="${plus.dataset.plus}"]`));
  if (drop) remove(drop.closest(".ed-line"));
});

root.addEventListener("keydown", (event) => {
  const e = event.target, line = e.closest(".ed-line");
  if (event.key === "Enter" && e.matches("textarea[data-line]")) {
    event.preventDefault();
    if (line && e.closest(".ed-langs")?.parentElement === line) add(line.parentElement, line);
  } else if (event.key === "Backspace" && line && e.matches("textarea") && fields(line).every((f) => f.value === "") && line.parentElement.children.length > 1) {
    event.preventDefault();
    const previous = line.previousElementSibling;
    remove(line);
    if (previous) fields(previous)[0].focus();
  } else if (line && e.matches(".ed-handle") && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    event.preventDefault();
    move(line, event.key === "ArrowUp" ? -1 : 1);
  }
});

// One line is one line, by whatever keyboard it is typed.
root.addEventListener("beforeinput", (event) => {
  if (event.inputType === "insertLineBreak" && event.target.matches("textarea[data-line]")) event.preventDefault();
});

root.addEventListener("paste", (event) => {
  const field = event.target, line = field.closest(".ed-line");
  if (!field.matches("textarea[data-line]")) return;
  const text = event.clipboardData.getData("text/plain").trim();
  if (!text.includes("\n")) return;
  event.preventDefault();
  if (line) paste(line, field, text);
  else {
    field.setRangeText(text.replace(/\s+/g, " ").slice(0, field.maxLength), field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
});

// Dragging: a mark shows where the thing will be put.

root.addEventListener("pointerdown", (event) => {
  const handle = event.target.closest(".ed-handle");
  if (!handle || event.button !== 0) return;
  const thing = handle.closest(".ed-line") ?? handle.closest(".ed-question"), line = thing.matches(".ed-line");
  const mark = document.createElement("li");
  mark.className = "ed-mark";
  const drag = ({ clientY }) => {
    if (!mark.isConnected && Math.abs(clientY - event.clientY) < 5) return;
    thing.classList.add("dragged");
    const lists = line ? [thing.parentElement] : [...root.querySelectorAll(".ed-questions")];
    const near = lists.findLast((list) => list.getBoundingClientRect().top <= clientY + 24) ?? lists[0];
    const middle = (e) => { const { top, height } = e.getBoundingClientRect(); return top + height / 2; };
    const next = [...near.children].find((e) => e !== mark && clientY < middle(e));
    if (mark.parentElement !== near || mark.nextElementSibling !== (next ?? null)) near.insertBefore(mark, next ?? null);
  };
  const end = ({ type }) => {
    handle.removeEventListener("pointermove", drag);
    for (const name of ["pointerup", "pointercancel"]) handle.removeEventListener(name, end);
    thing.classList.remove("dragged");
    const dropped = type === "pointerup" && mark.isConnected && mark.previousElementSibling !== thing && mark.nextElementSibling !== thing;
    if (dropped) mark.replaceWith(thing);
    mark.remove();
    if (!dropped) return;
    handle.focus();
    if (line) {
      number(thing.parentElement);
      changed(thing.parentElement);
    } else {
      const detail = { question: thing, section: thing.closest("[data-section]").dataset.section, before: thing.nextElementSibling?.dataset.key ?? "" };
      root.dispatchEvent(new CustomEvent("moved", { detail }));
    }
  };
  handle.setPointerCapture(event.pointerId);
  handle.addEventListener("pointermove", drag);
  for (const name of ["pointerup", "pointercancel"]) handle.addEventListener(name, end);
});

// Reviews remarks by keys alone. Without this script the page is plain forms of the same buttons. Keys act only while
// the focus is within the queue, on the remark that has it.

const patience = 15000; // ms for an answer of the service
const review = () => document.getElementById("review");
const cards = () => [...document.querySelectorAll(".remark")];
const cardOf = (element) => element.closest?.(".remark") ?? null;
let sending = false;

function tell(text, bad = false) {
  const told = document.getElementById("told");
  told.textContent = text;
  told.classList.toggle("bad", bad);
}

function enter(card) {
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" });
}

function move(card, by) {
  const all = cards(), next = all[all.indexOf(card) + by];
  if (next) enter(next);
  else tell(by > 0 ? "To ostatnia uwaga na tej stronie." : "To pierwsza uwaga na tej stronie.");
}

// Words to hide

function openWords(card) {
  const details = card.querySelector("details");
  if (!details) return;
  details.open = true;
  const boxes = [...details.querySelectorAll("[name=word]")];
  (boxes.find((box) => box.checked) ?? boxes[0]).focus();
}

function closeWords(card) {
  card.querySelector("details").open = false;
  enter(card);
}

function moveWord(box, by) {
  const boxes = [...box.closest("fieldset").querySelectorAll("[name=word]")];
  boxes[boxes.indexOf(box) + by]?.focus();
}

// Keys

function press(card, action) {
  const button = card.querySelector(`[name=do][value=${action}]`);
  if (button) button.form.requestSubmit(button);
  else tell("Przy tej uwadze nie ma takiej czynności.");
}

const onCard = {
  z: (card) => press(card, "approve"), w: (card) => press(card, "withhold"), u: openWords, c: undo,
  ArrowDown: (card) => move(card, 1), ArrowUp: (card) => move(card, -1), j: (card) => move(card, 1), k: (card) => move(card, -1),
};
const onWord = {
  ArrowRight: (box) => moveWord(box, 1), ArrowLeft: (box) => moveWord(box, -1), Enter: (box) => press(cardOf(box), "redact"), Escape: (box) => closeWords(cardOf(box)),
};

function undo() {
  const form = document.getElementById("undo");
  if (form) form.requestSubmit(form.querySelector("button"));
  else tell("Nie ma czego cofnąć.");
}

function onKey(event) {
  if (event.isComposing || event.altKey || event.metaKey || event.ctrlKey || event.repeat && !event.key.startsWith("Arrow")) return;
  const card = cardOf(event.target), key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const word = event.target.matches("[name=word]");
  if (word && onWord[key]) {
    event.preventDefault();
    onWord[key](event.target);
  } else if (key === "Escape" && card && event.target.closest("details")) {
    closeWords(card);
  } else if (!event.target.matches("select") && (card ? onCard[key] : key === "c" && event.target.closest("#done"))) {
    event.preventDefault();
    if (card) onCard[key](card);
    else undo();
  }
}

// Sending

async function send(event) {
  const form = event.target;
  if (form.method !== "post") return;
  event.preventDefault();
  if (sending) return;
  sending = true;
  const body = new URLSearchParams(new FormData(form, event.submitter));
  const card = cardOf(form), after = card?.dataset.next ?? cards().at(-2)?.id;
  try {
    const answer = await fetch(form.action, { method: "POST", body, signal: AbortSignal.timeout(patience) });
    await take(answer, body.get("do"), { id: card?.id ?? "u-" + body.get("next"), after });
  } catch {
    tell("Nie ma połączenia z serwisem. Uwaga jest taka jak przedtem; prosimy spróbować jeszcze raz.", true);
  } finally {
    sending = false;
  }
}

// take draws what the service answers, and puts the focus where the work goes on.
async function take(answer, action, { id, after }) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html"), next = page.getElementById("review");
  if (!next) {
    const away = new URL(answer.url).pathname.startsWith("/panel/logowanie");
    tell(away ? "Sesja wygasła. Prosimy zalogować się ponownie." : page.querySelector(".lead, main p")?.textContent.trim() || "Serwis nie wykonał tej czynności.", true);
    return;
  }
  review().replaceWith(document.adoptNode(next));
  document.querySelector("nav.tabs")?.replaceWith(document.adoptNode(page.querySelector("nav.tabs")));
  document.title = page.title;
  if (answer.ok) history.replaceState(null, "", withoutDone(answer.url));
  begin();
  const fault = document.getElementById("fault"), open = document.querySelector(".remark details[open] [name=word]");
  const stays = action === "redact" || action === "reopen";
  const target = open ?? fault ?? document.getElementById(stays ? id : after) ?? cards()[0] ?? document.getElementById("done") ?? document.querySelector("h1");
  if (target.matches(".remark")) enter(target);
  else {
    if (!target.matches("input")) target.tabIndex = -1;
    target.focus();
  }
  tell(fault ? "" : document.querySelector("#done p")?.textContent ?? "");
}

// withoutDone leaves an address that can be opened again without telling what was done.
function withoutDone(address) {
  const url = new URL(address);
  for (const name of ["zrobiono", "uwaga", "ile"]) url.searchParams.delete(name);
  return url.pathname + url.search;
}

function begin() {
  const keys = document.getElementById("keys");
  if (keys) keys.hidden = false;
}

document.addEventListener("keydown", (event) => {
  if (review().contains(event.target)) onKey(event);
});
document.addEventListener("submit", (event) => {
  if (review().contains(event.target)) send(event);
});
// A click on what is marked opens the choice of words.
document.addEventListener("click", (event) => {
  const card = cardOf(event.target);
  if (card && event.target.closest("mark")) openWords(card);
});
begin();
const fault = document.getElementById("fault"), first = document.querySelector(".remark:target") ?? cards()[0];
if (fault) fault.focus();
else if (first) first.focus({ preventScroll: !location.hash });

// The survey where the connection comes and goes. The form is sent from here; if nobody answers, it is kept encrypted in this
// browser (keep.js) until it can be sent, and then everything of it is erased (unsent.js). Whatever the service says to a form
// but "thank you" is for the page to show: then the form is sent as if this script were not there.
const form = document.getElementById("ankieta"); // none on the page of thanks
const notice = document.getElementById("bez-sieci");
const status = notice.querySelector("[aria-live]");
const progress = document.getElementById("wysylanie");
const field = form?.elements.namedItem("_key");

let parts = null; // loaded while there is a connection
let queue = null;
let sending = false;
let asked = false; // to send what waits, while the form was being sent
let settling = null; // what waits is being sent
let own = ""; // key of the form that waits and was on this page
let stuck = null;

const open = async () => { queue ??= await parts.keep(parts.NAME, parts.MOST); };
const clean = async (copied) => { if (await parts.tidy(queue, copied)) queue = null; };
const begun = () => form?.dataset.begun !== undefined; // somebody answers: what opens the page again stays

// told shows one of the notice's states; "" hides it.
function told(state) {
  const before = notice.dataset.now ?? "";
  notice.dataset.now = state;
  notice.hidden = state === "";
  for (const e of notice.querySelectorAll("[data-state]")) e.hidden = !e.dataset.state.split(" ").includes(state);
  notice.classList.toggle("warning", state !== "sent" && state !== "deleted");
  notice.classList.toggle("success", state === "sent");
  status.textContent = "";
  if (state !== "" && state !== before) notice.focus();
}

// sendAsForm lets the browser send a form, so that it shows what the service says.
function sendAsForm({ action, body }) {
  const plain = document.createElement("form");
  plain.method = "post";
  plain.action = action;
  for (const [name, value] of new URLSearchParams(body)) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value });
    plain.append(input);
  }
  document.body.append(plain);
  HTMLFormElement.prototype.submit.call(plain); // a question may be called "submit"
}

function thank() {
  const { lang } = document.documentElement;
  location.assign(lang === "pl" ? "/dziekujemy" : `/dziekujemy?lang=${lang}`);
}

// last tells whether a button sends the whole form. Once survey.js has put the pages together, the one of a page does.
function last(button) {
  return !button || button.value === "send" || button.id === "wyslij" && !form.querySelector("[data-paged], template");
}

async function send(event) {
  if (event.defaultPrevented || parts === null || !last(event.submitter)) return;
  event.preventDefault();
  if (sending) return;
  sending = true;
  progress.textContent = progress.dataset.words;
  const fields = new URLSearchParams(new FormData(form));
  fields.set("_do", "send");
  const value = { key: field.value, action: form.getAttribute("action"), body: fields.toString(), at: Date.now() };
  await settling;
  const response = await parts.post(value).catch(() => null);
  if (response === null || parts.notOurs(response)) {
    await hold(value);
    progress.textContent = "";
    sending = false;
    if (asked) settle(); // the connection came back meanwhile, and won't say so again
  } else if (parts.thanked(response)) {
    await forget(value.key).catch(() => {}); // what is left the next page erases
    location.assign(response.url);
  } else {
    sendAsForm(value);
  }
}

// hold keeps a form. Where a browser keeps nothing, it stays in the page.
async function hold(value) {
  let held = false;
  try {
    await open();
    await parts.drop(queue, value.key);
    held = await queue.add(value);
  } catch {}
  own = held ? value.key : "";
  form.hidden = held;
  told(held ? "kept" : "lost");
  if (!held) return;
  const worker = await navigator.serviceWorker?.getRegistration("/?").catch(() => undefined);
  const synced = await worker?.sync?.register(parts.NAME).then(() => true, () => false) ?? false;
  for (const e of notice.querySelectorAll("[data-open]")) e.hidden = synced;
}

async function forget(key) {
  if (queue || await parts.any()) {
    await open();
    await parts.drop(queue, key);
  }
  await clean();
}

// settle sends what waits.
function settle() {
  asked = sending;
  if (sending || parts === null) return;
  settling ??= deliver().catch(() => {
    queue = null; // somebody else has erased it, or it can't be read: looked at again next time
  }).finally(() => { settling = null; });
  return settling;
}

// A copy of the page was drawn without a connection: its worker stays.
async function deliver() {
  if (!queue && !await parts.any()) {
    if (own) return thank(); // the worker has sent it
    return clean(begun() || form?.dataset.copy !== undefined);
  }
  await open();
  await report(await parts.deliver(queue, own ? undefined : field?.value));
}

async function report({ sent, old, away, stuck: one }) {
  const waits = await queue.count() > 0;
  stuck = one;
  const late = own !== "" && old.includes(own);
  if (!waits) await clean(begun() && !late);
  if (!form) return;
  if (own && sent.includes(own)) return thank();
  if (late) {
    form.reset();
    form.hidden = false;
    own = "";
    told("deleted");
  } else if (stuck) told("stuck");
  else if (away) {
    if (notice.dataset.now !== "kept") told("kept");
    status.textContent = status.dataset.still;
  } else if (sent.length > 0) told("sent");
}

// erase is what the button does.
async function erase() {
  try {
    await open();
    for (let one = await queue.first(); one; one = await queue.first(one.place)) await queue.remove(one.place);
    await clean();
  } catch {
    queue = null; // erased by somebody else
  }
  if (own) form.reset();
  form.hidden = false;
  own = "";
  told("deleted");
}

// begin makes a copy of the page when somebody begins to answer, so that it can be opened again without a connection. The
// address gets the "?" that the worker's scope asks for.
async function begin() {
  form.dataset.begun = "";
  if (!navigator.serviceWorker || parts === null) return;
  const address = location.pathname + (location.search || "?");
  history.replaceState(history.state, "", address + location.hash);
  if (!form.dataset.copy) {
    const cache = await caches.open(parts.NAME);
    const assets = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]")].map((e) => e.href || e.src);
    await cache.addAll([new Request(address, { cache: "no-store" }), ...assets, notice.dataset.keep, notice.dataset.unsent]);
  }
  await navigator.serviceWorker.register("/ankieta-sw.js", { scope: "/?", type: "module", updateViaCache: "none" });
}

if (form) {
  document.querySelector("main h1").before(notice); // where a form says what is wrong
  form.addEventListener("submit", send);
  form.addEventListener("input", () => begin().catch(() => {}), { once: true });
  const acts = { try: settle, finish: () => stuck && sendAsForm(stuck), delete: erase };
  notice.addEventListener("click", ({ target }) => acts[target.closest("[data-do]")?.dataset.do]?.());
  addEventListener("online", settle);
  document.addEventListener("visibilitychange", () => { if (!document.hidden && notice.dataset.now) settle(); });
  setInterval(() => { if (own) settle(); }, 30_000);
  addEventListener("pageshow", ({ persisted }) => { if (persisted) sending = false, progress.textContent = ""; });
}
try {
  const [{ keep }, unsent] = await Promise.all([import(notice.dataset.keep), import(notice.dataset.unsent)]);
  parts = { keep, ...unsent };
  await settle();
} catch {} // a browser that keeps nothing: the form is sent as ever

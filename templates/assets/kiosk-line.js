// The kiosk's line to the service: sends answers, keeps those that can't be sent, encrypted, and sends them once it can, each
// exactly once by its key. Once a minute it tells how many wait, and learns whether the survey is paused, changed, or no
// longer this device's. The page of a break loads it alone, kiosk.js goes on from it.
const most = 500; // answers that are kept
const minute = 60_000;
const waits = [5, 10, 20, 40, 60]; // s between tries while nothing answers
const known = 40 * 60 * minute; // the service knows a key for two days: after that, what may be stored is not sent again
const quick = 20; // so many of those that waited go one after the other; the rest at a pace that leaves room for who is here
const refusals = "kiosk-refused"; // how many of those that waited the service did not take

const { keep: keeper } = document.body.dataset;
let queue = null;
try {
  const { keep } = await import(keeper);
  queue = await keep("kiosk", most);
} catch { /* this browser keeps nothing: answers are sent at once or stay on the screen */ }

let up = true, failures = 0, busy = false, timer = 0, told = 0;

// post sends a form; undefined: nothing answered, and nobody knows whether it arrived.
async function post(path, fields) {
  try {
    return await fetch(path, { method: "POST", body: new URLSearchParams(fields), redirect: "error", signal: AbortSignal.timeout(12_000) });
  } catch {
    return undefined;
  }
}

async function transmit(fields) {
  const response = await post("/kiosk/odpowiedz", fields);
  const status = response?.status ?? 0;
  if (status === 204) return { state: "stored" };
  if (status === 401) return { state: "gone" };
  if (status === 422) return { state: "refused", problems: await response.json().catch(() => ({})) };
  if ([400, 409, 410, 413].includes(status)) return { state: "refused", problems: {} };
  return { state: "later", unsure: status !== 429, wait: 1000 * (Number(response?.headers.get("Retry-After")) || 0) };
}

// tell tells of this device, and passes on what it is told.
async function tell() {
  const response = await post("/kiosk/stan", [["queued", queue ? await queue.count() : 0], ["refused", localStorage.getItem(refusals) ?? 0]]);
  if (response?.status === 401) return leave();
  if (!response?.ok) return response?.status === 429;
  told = Date.now();
  const state = await response.json();
  document.dispatchEvent(new CustomEvent("kiosk", { detail: state }));
  if (state.open && document.getElementById("ankieta") === null) location.replace("/kiosk");
  return true;
}

// leave goes to the page that asks for a code. What waits stays until there is a new one.
async function leave() {
  await globalThis.caches?.delete("kiosk");
  location.replace("/kiosk/parowanie");
  return false;
}

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

// drain sends what waits, the oldest first, and tells whether the line is still up. What the service refuses for good is
// counted and holds nothing up.
async function drain() {
  for (let sent = 0, item; (item = await queue.first()) !== null; sent++) {
    const { place, value } = item;
    if (value === null || value.tried && Date.now() - value.tried > known) {
      await drop(place);
      continue;
    }
    // Noted before it goes out: a tablet that is switched off now would never note it, and might send it again after a weekend.
    if (!value.tried) await queue.change(place, { ...value, tried: Date.now() });
    const result = await transmit([...value.fields, ["_queued", "1"]]);
    if (!result.unsure && result.state !== "stored" && !value.tried) await queue.change(place, value); // it was not stored
    if (result.state === "gone") return leave();
    if (result.state === "later") {
      if (result.unsure) return false;
      await pause(Math.max(result.wait, 1000));
      continue;
    }
    await (result.state === "stored" ? queue.remove(place) : drop(place));
    if (Date.now() - told > minute && !(await tell())) return false;
    await pause(sent < quick ? 250 : 6000);
  }
  return tell();
}

async function drop(place) {
  localStorage.setItem(refusals, Number(localStorage.getItem(refusals) ?? 0) + 1);
  await queue.remove(place);
}

// turn tells and drains, now and then again.
async function turn() {
  clearTimeout(timer);
  if (busy) return;
  busy = true;
  try {
    up = await tell();
    if (up && queue && await queue.count() > 0) up = await drain();
  } catch {
    up = false;
  }
  busy = false;
  failures = up ? 0 : failures + 1;
  timer = setTimeout(turn, up ? minute : 1000 * waits[Math.min(failures, waits.length) - 1]);
}

addEventListener("online", turn);
turn();

export const line = {
  // send sends an answer. "stored": it is committed; "kept": it waits here; "refused": problems say what to mend, by field;
  // "lost": neither can be done, it has to stay on the screen.
  async send(fields) {
    let tried = 0;
    if (up && navigator.onLine) {
      const result = await transmit(fields);
      if (result.state === "gone") await leave();
      if (result.state !== "later") return result;
      if (result.unsure) [tried, up] = [Date.now(), false];
    }
    const kept = queue !== null && await queue.add({ fields, tried }).catch(() => false);
    turn();
    return { state: kept ? "kept" : "lost" };
  },
  // full tells whether an answer given now would have no place to go.
  full: async () => !up && queue !== null && await queue.count() >= most,
};

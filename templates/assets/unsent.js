// A resident's answers that could not be sent, for want of a connection: what the page (offline.js) and its service worker
// (survey-sw.js) both do with them. They lie in the queue of keep.js, and go as soon as the service has them, or after a day.
// A form may be sent any number of times: its key is stored once.
export const NAME = "ankieta"; // of the queue, of the cache, and of the sync
export const MOST = 20;
const DAY = 24 * 60 * 60 * 1000;

// past tells whether something is older than a day. A clock that was put back makes it old too.
export const past = (at) => !(Math.abs(Date.now() - at) < DAY);

// any tells whether there is a queue, without making one.
export async function any() {
  const all = await indexedDB.databases?.();
  return !all || all.some((one) => one.name === NAME);
}

// post sends a form. It throws where nobody answers.
export const post = ({ action, body }) => fetch(action, {
  method: "POST", headers: { "Content-Type": "application/x-www-form-urlencoded" }, body, signal: AbortSignal.timeout(30_000),
});

// thanked tells whether a form was stored: nothing but the page of thanks says so.
export const thanked = (response) => response.ok && response.redirected && new URL(response.url).pathname === "/dziekujemy";

// notOurs tells whether what stands before the service says that it can't reach it: its page would take the answers away.
export const notOurs = (response) => response.status >= 500 && !response.headers.has("content-security-policy");

// deliver sends what is kept, but for the form of a key, which somebody has before them. It returns the keys that are sent
// and those that were too old, one that the service wants mended, and whether it is away.
export async function deliver(queue, except) {
  const told = { sent: [], old: [], stuck: null, away: false };
  for (let one = await queue.first(); one && !told.away; one = await queue.first(one.place)) {
    const { place, value } = one;
    if (value === null || past(value.at)) {
      await queue.remove(place);
      if (value) told.old.push(value.key);
    } else if (value.key !== except) {
      const response = await post(value).catch(() => null);
      if (response === null || response.status >= 500) {
        told.away = true;
      } else if (thanked(response)) {
        await queue.remove(place);
        told.sent.push(value.key);
      } else {
        told.stuck ??= value;
      }
    }
  }
  return told;
}

// drop takes the form of a key out of the queue.
export async function drop(queue, key) {
  for (let one = await queue.first(); one; one = await queue.first(one.place)) {
    if (one.value === null || one.value.key === key) await queue.remove(one.place);
  }
}

// tidy leaves nothing behind, once nothing waits: neither the queue and its key, nor, unless somebody has it before them, the
// page's copy and the worker.
export async function tidy(queue, copied = false) {
  if (queue && await queue.count() > 0) return false;
  await queue?.forget();
  if (copied) return true;
  await caches.delete(NAME);
  const workers = self.registration ? [self.registration] : await navigator.serviceWorker.getRegistrations();
  for (const worker of workers) if (worker.scope.endsWith("/?")) await worker.unregister();
  return true;
}

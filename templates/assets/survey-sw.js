// The service worker of the survey's page. Its scope is "/?": only addresses of the form begin so, and no other page is ever
// its own. It is registered when somebody begins to answer, and leaves when the answers are sent. While there is a connection
// it stands aside; without one it gives the form from the copy that offline.js made. The imports stand above: see
// showSurveyWorker.
addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  const form = url.pathname === "/" && request.mode === "navigate";
  if (form || /^\/(assets\/|urzad\.css$|herb$)/.test(url.pathname)) event.respondWith(answer(request, form));
});

async function answer(request, form) {
  try {
    return await fetch(request);
  } catch (away) {
    const copy = await caches.match(request.url);
    if (!copy || past(Date.parse(copy.headers.get("date")))) throw away;
    return form ? fresh(copy) : copy;
  }
}

// fresh gives the copy a key of its own each time, so that two people's answers are never taken for one's.
async function fresh(copy) {
  const page = (await copy.text()).replace(/name="_key" value="[^"]*"/, `name="_key" value="${crypto.randomUUID()}"`)
    .replace('<form id="ankieta"', '<form id="ankieta" data-copy');
  const headers = new Headers(copy.headers);
  for (const name of ["content-encoding", "content-length"]) headers.delete(name);
  return new Response(page, { headers });
}

addEventListener("sync", (event) => {
  if (event.tag === NAME) event.waitUntil(flush());
});

async function flush() {
  if (!await any()) return;
  const queue = await keep(NAME, MOST);
  const { away } = await deliver(queue);
  await tidy(queue);
  if (away) throw new Error("no connection"); // the browser tries again
}

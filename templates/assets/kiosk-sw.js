// Keeps the kiosk's page for when there is no network, so that a tablet that was switched off and on still shows the survey.
// The page itself says what to keep (kiosk.js); nothing that anybody filled in is among it. Only /kiosk is ever asked about here.
const patience = 6000; // ms for a page of the network, where one is kept

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "GET" && new URL(request.url).origin === location.origin) event.respondWith(answer(request));
});

async function answer(request) {
  const kept = await caches.match(request, { ignoreVary: true });
  if (!kept) return fetch(request);
  try {
    const fresh = await fetch(request, request.mode === "navigate" ? {} : { signal: AbortSignal.timeout(patience) });
    return fresh.status < 500 ? fresh : kept;
  } catch {
    return kept;
  }
}

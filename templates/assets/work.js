// Work that the service asks for before it takes a survey, as very many came from the same connection. A worker does it, so
// that the page stays quick; the form is sent when it is done. Whoever changed an answer meanwhile sends it by hand.
const notice = document.getElementById("bledy");
const form = document.getElementById("ankieta");
const status = notice.querySelector("[role=status]");
const progress = notice.querySelector("progress");
const idle = notice.querySelector(".soft span"); // what to do if nothing happens
const button = document.getElementById("wyslij");
const { worker: address, seed, running, half, sending, ready, failed } = notice.dataset;
const parts = Number(notice.dataset.parts), tries = Number(notice.dataset.tries);

let busy = true;
let byHand = "again" in notice.dataset; // work was not accepted before: never in a circle without anybody at it

function say(text) {
  status.textContent = text;
}

function fail() {
  busy = false;
  progress.hidden = true;
  say(failed);
}

function advance(numbers) {
  progress.value = numbers.length;
  if (numbers.length === parts / 2) say(half);
  if (numbers.length < parts) return;
  busy = false;
  form.elements._solved.value = numbers.join(".");
  say(byHand ? ready : sending);
  if (!byHand) button.click();
}

form.addEventListener("input", () => { byHand = true; });
form.addEventListener("submit", (event) => {
  if (!busy || event.submitter !== button) return;
  event.preventDefault();
  byHand = false;
  say(running);
});

try {
  const worker = new Worker(address, { type: "module" });
  worker.onerror = fail;
  worker.onmessage = ({ data }) => advance(data);
  progress.hidden = false;
  idle.hidden = true;
  say(running);
  worker.postMessage({ seed, parts, tries });
} catch {
  fail();
}

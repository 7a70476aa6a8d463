// Scanned paper: files go up in pieces, the page of a stack follows what becomes of them, and questions are answered by
// keys. Everything works without this script too, by plain forms.

const told = document.getElementById("told");
const tell = (text) => { if (told && text && told.textContent !== text) told.textContent = text; };
const expired = "Sesja wygasła. Prosimy odświeżyć tę stronę, zalogować się i\u00a0spróbować jeszcze raz.";

// post sends something. Whoever is logged out is led to the log-in, which must not be taken for an answer.
async function post(address, options) {
  const answer = await fetch(address, { method: "POST", ...options });
  if (answer.redirected && new URL(answer.url).pathname.startsWith("/panel/logowanie")) throw Object.assign(new Error(expired), { expired: true });
  return answer;
}

const pageOf = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");

// Files

const upload = document.getElementById("upload");

async function sendFile(file, line, signal) {
  const at = upload.dataset.at, csrf = upload.dataset.csrf, bar = line.querySelector("progress");
  const put = (path, body, headers) => post(`${at}/${path}?_csrf=${encodeURIComponent(csrf)}`, { body, headers, signal });
  let answer = await put("plik", new URLSearchParams({ name: file.name, size: file.size }));
  const begun = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(begun.message ?? "Nie udało się zacząć wysyłania. Prosimy odświeżyć stronę i spróbować jeszcze raz.");
  line.dataset.file = begun.file;
  for (let number = 0; number * begun.piece < file.size; number++) {
    const piece = file.slice(number * begun.piece, (number + 1) * begun.piece);
    for (let attempt = 1; ; attempt++) {
      answer = await put(`pliki/${begun.file}/czesc/${number}`, piece, { "Content-Type": "application/octet-stream" }).catch((e) => { if (signal.aborted || e.expired) throw e; return null; });
      if (answer?.ok) break;
      if (attempt === 5 || answer && answer.status < 500) throw new Error("Wysyłanie się urwało. Prosimy wysłać plik jeszcze raz.");
      await new Promise((again) => setTimeout(again, 1000 * attempt)); // the service or the line is away for a moment
    }
    bar.value = Math.min((number + 1) * begun.piece, file.size);
  }
  answer = await put(`pliki/${begun.file}/gotowe`, new URLSearchParams({ name: file.name }));
  const done = await answer.json().catch(() => ({}));
  if (!answer.ok || done.message) throw new Error(done.message ?? "Plik nie dotarł w całości. Prosimy wysłać go jeszcze raz.");
}

function lineFor(file) {
  const line = document.createElement("li"), name = document.createElement("b"), bar = document.createElement("progress"), stop = document.createElement("button");
  name.textContent = file.name;
  bar.max = file.size || 1;
  bar.value = 0;
  bar.setAttribute("aria-label", `Wysyłanie: ${file.name}`);
  stop.type = "button";
  stop.className = "btn quiet slim";
  stop.textContent = "Przerwij";
  stop.setAttribute("aria-label", `Przerwij: ${file.name}`);
  line.append(name, bar, stop);
  document.getElementById("sending").append(line);
  return line;
}

let sending = Promise.resolve();

function take(files) {
  for (const file of files) {
    const line = lineFor(file), stop = line.querySelector("button"), abort = new AbortController();
    stop.addEventListener("click", () => abort.abort());
    sending = sending.then(async () => {
      const say = (text, bad) => {
        const words = document.createElement("span");
        words.textContent = text;
        words.className = bad ? "problem" : "";
        line.querySelector("progress").remove();
        line.append(words);
        tell(`${file.name}: ${text}`);
      };
      try {
        if (abort.signal.aborted) throw new DOMException("", "AbortError");
        await sendFile(file, line, abort.signal);
        say("wysłany", false);
        line.remove();
      } catch (e) {
        say(e.name === "AbortError" ? "przerwano" : e.message, true);
        if (abort.signal.aborted && line.dataset.file) {
          await fetch(`${upload.dataset.at}/pliki/${line.dataset.file}/usun`, { method: "POST", body: new URLSearchParams({ _csrf: upload.dataset.csrf }), redirect: "manual" }).catch(() => {});
        }
      }
      stop.remove();
      await look();
    });
  }
}

if (upload) {
  const input = document.getElementById("files");
  upload.querySelector("[data-script]").hidden = false;
  upload.querySelector("[data-plain]").hidden = true;
  input.addEventListener("change", () => {
    take(input.files);
    input.value = "";
  });
  upload.addEventListener("submit", (e) => e.preventDefault());
  for (const name of ["dragover", "dragenter"]) upload.addEventListener(name, (e) => { e.preventDefault(); upload.classList.add("over"); });
  for (const name of ["dragleave", "drop"]) upload.addEventListener(name, () => upload.classList.remove("over"));
  upload.addEventListener("drop", (e) => { e.preventDefault(); take(e.dataTransfer.files); });
}

// What becomes of a stack

const progress = () => document.getElementById("progress");
let looking = 0;

async function look() {
  clearTimeout(looking);
  if (!progress()) return;
  try {
    const page = await pageOf(await fetch(location.pathname, { signal: AbortSignal.timeout(10000) })), next = page.getElementById("progress");
    if (next && !progress().contains(document.activeElement)) {
      const open = [...progress().querySelectorAll("details")].map((d) => d.open), was = progress().hasAttribute("data-moving");
      progress().replaceWith(document.adoptNode(next));
      [...progress().querySelectorAll("details")].forEach((d, i) => { d.open = open[i] ?? d.open; });
      document.getElementById("stan").replaceWith(document.adoptNode(page.getElementById("stan")));
      if (was && !progress().hasAttribute("data-moving")) tell(progress().querySelector("h2")?.textContent);
    }
  } catch {
    // the service is away for a moment: the next look tells more
  }
  if (progress().hasAttribute("data-moving")) looking = setTimeout(look, 1500);
}

if (progress()?.hasAttribute("data-moving")) looking = setTimeout(look, 1500);

// Verification: the first question is before the person, the others load meanwhile. Answers go out one after another.

const queue = document.getElementById("queue");
const now = () => queue.querySelector("article:not([hidden], [data-sent])");
let out = Promise.resolve(), underway = 0, stopped = false;

function show() {
  const next = queue.querySelector("article:not([data-sent])");
  if (!next) return;
  next.hidden = false;
  (next.querySelector("[data-first]") ?? next).focus({ preventScroll: false });
  tell(next.querySelector("h2").textContent + " " + next.querySelector(".why").textContent);
}

// merge takes in questions that are not here yet.
function merge(page) {
  for (const article of page.querySelectorAll("#queue > article")) {
    if (document.getElementById(article.id)) continue;
    article.hidden = true;
    queue.append(document.adoptNode(article));
  }
  const left = page.getElementById("left");
  if (left) document.getElementById("left").replaceWith(document.adoptNode(left));
}

function send(article, button) {
  const form = article.querySelector("form"), body = new URLSearchParams(new FormData(form, button));
  article.dataset.sent = "";
  article.hidden = true;
  underway++;
  show();
  out = out.then(async () => {
    try {
      if (stopped) return;
      const answer = await post(form.action, { body });
      const page = await pageOf(answer);
      if (answer.status === 422) {
        const again = page.getElementById(article.id);
        if (again) { again.hidden = false; article.replaceWith(document.adoptNode(again)); queue.prepend(again); tell(again.querySelector(".error")?.textContent); for (const other of queue.querySelectorAll("article:not([data-sent])")) if (other !== again) other.hidden = true; (again.querySelector("[data-first]") ?? again).focus(); }
        return;
      }
      if (answer.status === 409) tell("Tę odpowiedź sprawdziła już inna osoba.");
      else if (!answer.ok) throw new Error();
      article.remove();
      if (!page.getElementById("queue")) {
        if (underway === 1 && answer.ok) { location.assign(answer.url); return; }
        const more = await fetch(location.pathname);
        const fresh = await pageOf(more);
        if (fresh.getElementById("queue")) merge(fresh);
        else if (underway === 1) location.assign(more.url);
      } else merge(page);
      if (!now()) { if (queue.querySelector("article:not([data-sent])")) show(); else if (underway === 1) location.assign(location.pathname); }
    } catch (e) {
      stopped = true;
      delete article.dataset.sent;
      for (const other of queue.querySelectorAll("article")) other.hidden = true;
      queue.prepend(article);
      article.hidden = false;
      tell(e.expired ? `Nie zapisano. ${expired}` : "Nie zapisano: serwis jest na chwilę niedostępny. Prosimy spróbować jeszcze raz.");
      const note = document.createElement("p");
      note.className = "error";
      note.textContent = told.textContent;
      article.querySelector(".why").after(note);
      setTimeout(() => { stopped = false; }, 0);
    } finally {
      underway--;
    }
  });
}

function press(article, key) {
  const target = [...article.querySelectorAll("[data-key]")].find((e) => e.dataset.key === key);
  if (!target) return false;
  if (target.type === "checkbox") target.checked = !target.checked;
  else target.form.requestSubmit(target);
  return true;
}

if (queue && now()) {
  queue.addEventListener("submit", (e) => {
    const article = e.target.closest("article");
    e.preventDefault();
    if (article && !("sent" in article.dataset)) send(article, e.submitter);
  });
  document.addEventListener("keydown", (e) => {
    const article = now(), typing = e.target.matches("textarea, input:not([type=checkbox])");
    if (!article || e.ctrlKey || e.altKey || e.metaKey) return;
    if (typing) {
      if (e.key === "Enter" && !e.shiftKey) { e.preventDefault(); article.querySelector("[name=zapisz]").click(); }
      return;
    }
    const key = e.key.toLowerCase();
    if (key === "u") out.then(() => document.getElementById("undo").requestSubmit());
    else if (key === "s") { const whole = article.querySelector(".whole"); whole.open = !whole.open; whole.querySelector("summary").focus(); }
    else if (e.key === "Enter" && !e.target.matches("button, a, summary")) { const accept = article.querySelector("[name=przyjmij], [name=zapisz]"); accept ? accept.click() : tell("Prosimy wybrać odpowiedź."); }
    else if (!press(article, e.key === "." ? "0" : key)) return;
    e.preventDefault();
  });
  show();
}

// Corners of a page that was not located: dragged, or moved by arrows.

const handles = document.getElementById("handles");

function corner(group) {
  const n = group.dataset.corner;
  return { x: document.getElementById("x" + n), y: document.getElementById("y" + n) };
}

function place() {
  const svg = handles.ownerSVGElement, size = Number(svg.dataset.width) / 40, points = [];
  for (const group of handles.querySelectorAll("[data-corner]")) {
    const { x, y } = corner(group);
    for (const circle of group.querySelectorAll("circle")) {
      circle.setAttribute("cx", x.value);
      circle.setAttribute("cy", y.value);
      circle.setAttribute("r", circle.classList.contains("grip") ? size : size / 8);
    }
    group.setAttribute("aria-valuetext", `${x.value}, ${y.value}`);
    group.setAttribute("aria-valuenow", x.value);
    points.push(`${x.value},${y.value}`);
  }
  handles.querySelector("polygon").setAttribute("points", points.join(" "));
}

function move(group, px, py) {
  const svg = handles.ownerSVGElement, { x, y } = corner(group);
  x.value = Math.round(Math.max(0, Math.min(Number(svg.dataset.width), px)));
  y.value = Math.round(Math.max(0, Math.min(Number(svg.dataset.height), py)));
  document.getElementById("corners").checked = true;
  place();
}

if (handles && document.getElementById("corners")) {
  handles.removeAttribute("hidden");
  const svg = handles.ownerSVGElement;
  for (const group of handles.querySelectorAll("[data-corner]")) {
    group.addEventListener("pointerdown", (e) => { e.preventDefault(); group.setPointerCapture(e.pointerId); group.focus(); });
    group.addEventListener("pointermove", (e) => {
      if (!group.hasPointerCapture(e.pointerId)) return;
      const at = new DOMPoint(e.clientX, e.clientY).matrixTransform(svg.getScreenCTM().inverse());
      move(group, at.x, at.y);
    });
    group.addEventListener("keydown", (e) => {
      const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key], { x, y } = corner(group), step = e.shiftKey ? 25 : 3;
      if (!by) return;
      e.preventDefault();
      move(group, Number(x.value) + by[0] * step, Number(y.value) + by[1] * step);
    });
  }
  for (const input of document.querySelectorAll(".corners input")) input.addEventListener("input", () => { document.getElementById("corners").checked = true; place(); });
  place();
}

// Sends typed sheets to the service, and those that wait once it can be reached again.

// How long to wait before the next try, in ms: longer each time, as many may be waiting for one service.
const pauses = [2000, 4000, 8000, 16000, 30000];

// fieldsOf lists a form's fields, without the token, which is the session's and not the sheet's.
export const fieldsOf = (form) => [...new FormData(form)].filter(([name]) => name !== "_csrf");

const isBox = (element) => element.type === "radio" || element.type === "checkbox";

// fill puts a kept sheet into the form. Fields of one name are a box each, by their value, and then at most a text.
export function fill(form, { fields }) {
  const left = fields.map(([name, value]) => ({ name, value }));
  const take = (name, value) => {
    const at = left.findIndex((one) => one.name === name && (value === undefined || one.value === value));
    return at < 0 ? null : left.splice(at, 1)[0];
  };
  const own = [...form.elements].filter((e) => e.name && e.name !== "_csrf");
  for (const e of own.filter(isBox)) e.checked = take(e.name, e.value) !== null;
  for (const e of own.filter((e) => !isBox(e))) e.value = take(e.name)?.value ?? "";
}

// empty takes everything out of a form.
export function empty(form) {
  for (const e of form.querySelectorAll("[data-key], [data-typed], #code")) {
    if (isBox(e)) e.checked = e.dataset.key === ".";
    else e.value = "";
    e.removeAttribute("aria-invalid");
  }
}

// typedIn tells whether there is anything in a form that somebody would miss.
export function typedIn(form) {
  return [...form.querySelectorAll("[data-key], [data-typed], #code")].some((e) =>
    isBox(e) ? e.checked && e.dataset.key !== "." : e.value.trim() !== "");
}

export class Sender {
  #of;
  #tries = 0;
  #timer = 0;
  #drawn = "[]";

  constructor(of) {
    this.#of = of;
  }

  // send sends a sheet and says what became of it: saved, refused (with a page that tells why), loggedout, or away: nobody
  // knows whether it was stored, and it may be sent again under its key.
  async send(sheet) {
    const { token, patience } = this.#of;
    const body = new URLSearchParams([...sheet.fields, ["_csrf", token()]]);
    let answer, page;
    try {
      answer = await fetch(sheet.action, { method: "POST", body, signal: AbortSignal.timeout(patience) });
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      return { kind: "away", reason: "Nie ma połączenia z\u00a0serwisem. Nic nie zginęło: arkusz jest na ekranie. Enter zapisuje jeszcze raz." };
    }
    const said = page.querySelector("#screen [data-told], .lead")?.textContent.trim();
    const reason = said || "Serwis nie zapisał arkusza. Wpisane odpowiedzi są na ekranie. Enter zapisuje jeszcze raz.";
    if (answer.redirected && new URL(answer.url).pathname.startsWith("/panel/logowanie")) return { kind: "loggedout", reason };
    if (answer.ok) return { kind: "saved", answer, page };
    return { kind: answer.status === 503 || answer.status === 429 ? "away" : "refused", answer, page, reason };
  }

  // later tries again by and by.
  later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), pauses[Math.min(this.#tries++, pauses.length - 1)]);
  }

  // flush sends what waits, oldest first, in one window at a time.
  async flush() {
    const { kept } = this.#of;
    if (!kept) return;
    clearTimeout(this.#timer);
    if ((await kept.alone(() => this.#flush(kept))) === null) this.later(); // another window, or this one, is at it
    await this.draw();
  }

  async #flush(kept) {
    const { inDoubt } = await import(document.getElementById("typing").dataset.kept);
    for (const sheet of await kept.free(await kept.all())) {
      if (sheet.state !== "waiting" || !kept.loose(sheet)) continue;
      if (inDoubt(sheet)) {
        await kept.put({ ...sheet, state: "refused", why: "Wysłany dawno temu bez odpowiedzi serwisu: mógł zostać zapisany. Prosimy sprawdzić na liście arkuszy tej partii." });
        continue;
      }
      const { kind, page, reason } = await this.send(sheet);
      if (kind === "away" || kind === "loggedout") {
        if (kind === "away") this.later();
        return false;
      }
      this.#tries = 0;
      if (kind === "saved") {
        await kept.remove(sheet.key);
        this.#of.onSent(page);
      } else {
        const why = [...page.querySelectorAll("#screen [data-told]")].map((e) => e.textContent).join(" ") || reason;
        await kept.put({ ...sheet, state: "refused", tried: undefined, why });
        this.#of.onRefused("Arkusz, który czekał, nie został zapisany. Jest na liście nad formularzem.");
      }
    }
  }

  // draw lists what waits and what has to be looked at: the sheets of this batch, and of others of the same version, as a batch
  // may have been closed meanwhile.
  async draw() {
    const { kept, list, onOpen } = this.#of;
    if (!kept) return;
    const { batch, version } = document.getElementById("typing").dataset, on = document.getElementById("sheet").elements._key.value;
    const own = (await kept.free(await kept.all())).filter((one) => one.fresh && one.version === version && one.key !== on);
    const now = JSON.stringify(own.map(({ key, state, at }) => [key, state, at]));
    if (now === this.#drawn) return; // nobody loses the button that they are about to press
    this.#drawn = now;
    const waiting = own.filter((one) => one.state === "waiting").length, others = own.filter((one) => one.state !== "waiting");
    list.replaceChildren();
    list.hidden = own.length === 0;
    if (waiting > 0) list.append(paragraph(`Na wysłanie czekają w\u00a0tej przeglądarce arkusze: ${waiting}.`));
    for (const one of others) {
      const line = paragraph((one.batch === batch ? "" : `Z\u00a0partii nr\u00a0${one.batch}: `) + (one.why ?? "Arkusz zaczęty i\u00a0niezapisany."));
      line.append(" ", button("Otwórz", () => onOpen(one)), " ", button("Usuń", () => this.#drop(one)));
      list.append(line);
    }
    if (others.some((one) => one.batch !== batch)) list.append(paragraph("Arkusz z\u00a0innej partii, na przykład już zamkniętej, po otwarciu zapisze się w\u00a0tej."));
  }

  async #drop(sheet) {
    if (!window.confirm("Usunąć ten arkusz? Tego, co w\u00a0nim wpisano, nie da się odzyskać.")) return;
    await this.#of.kept.remove(sheet.key);
    await this.draw();
  }
}

function paragraph(text) {
  const p = document.createElement("p");
  p.textContent = text;
  return p;
}

function button(words, act) {
  const b = document.createElement("button");
  b.type = "button";
  b.className = "btn secondary slim";
  b.textContent = words;
  b.addEventListener("click", act);
  return b;
}

// A survey with rules, whole. Without this script it is asked a page at a time; the server draws what the page leaves out
// into <template> elements. Here they come into the one form, which then needs no pages, and questions appear and vanish
// while it is filled in. What is hidden is disabled too, so that it is not sent. The server decides the rules again.
const form = document.getElementById("ankieta");
const { step, of, send, added, removed, more } = form.dataset;
const status = form.querySelector("[role=status]");
const button = document.getElementById("wyslij");

button.textContent = send;
for (const e of form.querySelectorAll("[data-paged]")) {
  if (e.contains(document.activeElement)) button.focus();
  e.remove();
}
for (const t of form.querySelectorAll("template")) t.replaceWith(t.content);

const sections = [...form.querySelectorAll(".section")];
const rules = new Map([...form.querySelectorAll("[data-if]")].map((q) => [q, JSON.parse(q.dataset.if)]));

// holds tells whether a condition holds; what is not answered, or not shown, is in no data.
function holds({ field, is = [], from, to, not = false }, data) {
  const given = data.getAll(field).map((value) => value.trim());
  const within = (value) => from !== undefined && /^[+-]?\d+$/.test(value) && from <= Number(value) && Number(value) <= to;
  return given.some((value) => is.includes(value) || within(value)) !== not;
}

// show shows or hides a question. Focus never stays on what is hidden.
function show(question, shown, control) {
  if (!shown && question.contains(document.activeElement)) control?.focus();
  question.hidden = !shown;
  for (const e of question.querySelectorAll("input, textarea")) e.disabled = !shown;
}

// number counts the questions that are shown.
function number() {
  const steps = [...form.querySelectorAll(".step")].filter((e) => !e.closest("[hidden]"));
  steps.forEach((e, i) => { e.textContent = `${step} ${i + 1} ${of} ${steps.length}`; });
}

// tell announces what came and went, in the language of the page.
function tell(words, questions) {
  if (questions.length === 0) return "";
  const names = questions.slice(0, 3).map((q) => q.querySelector("[data-label]").textContent);
  if (questions.length > 3) names.push(more.replace("{n}", questions.length - 3));
  return `${words} ${names.join("; ")}`.replace(/[^.?!]$/, "$&.");
}

// update decides all rules anew. They look back only, so once through the form in its order is enough.
function update(event) {
  const came = [], went = [];
  let data = new FormData(form);
  for (const [question, rule] of rules) {
    const shown = rule.every((some) => some.some((condition) => holds(condition, data)));
    if (shown === !question.hidden) continue;
    show(question, shown, event?.target);
    (shown ? came : went).push(question);
    data = new FormData(form);
  }
  for (const s of sections) s.hidden = [...s.querySelectorAll("[data-label]")].every((e) => e.closest("[data-if]")?.hidden);
  number();
  if (event && came.length + went.length > 0) status.textContent = [tell(removed, went), tell(added, came)].filter(Boolean).join(" ");
}

// Whoever writes beside an option ("jakie?") chooses it. The server takes it so too.
function choose({ target }) {
  const option = target.closest(".other")?.previousElementSibling.querySelector("input");
  if (option && target.value.trim() !== "") option.checked = true;
}

update();
form.addEventListener("input", choose);
form.addEventListener("input", update);
form.addEventListener("reset", (event) => setTimeout(() => update(event)));
addEventListener("pageshow", () => update()); // a browser may put answers back after a reload

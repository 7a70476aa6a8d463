// Rules on the typing screen: what the answers typed so far hide is passed over. Paper may have an answer there all the same:
// it can be typed and is kept, but does not count.

export const skipped = (row) => row.closest(".group.skipped") !== null;
const isBox = (element) => element.type === "radio" || element.type === "checkbox";
const questionOf = (field) => field.split(".")[0];

// filledIn tells whether something was typed in a row, or in any row of a group.
export function filledIn(part) {
  return [...part.querySelectorAll("[data-key], [data-typed]")].some((e) => (isBox(e) ? e.checked && e.dataset.key !== "." : e.value.trim() !== ""));
}

// given lists a field's values. More marks than a multi question allows can't be read, so none of them counts.
function given(data, field) {
  const values = data.getAll(field).map((value) => value.trim()).filter(Boolean);
  const row = document.getElementById("w-" + field);
  if (row?.dataset.row !== "many" || values.length < 2) return values;
  const crowded = "most" in row.dataset && values.length > Number(row.dataset.most);
  return crowded || row.querySelector("[data-sole]:checked") ? [] : values;
}

// met tells whether a field has one of the values, or a number within the bounds.
function met(data, hidden, { field, is, from, to }) {
  if (hidden.has(questionOf(field))) return false;
  return given(data, field).some((value) => (is ? is.includes(value) : /^[+-]?\d+$/.test(value) && from <= Number(value) && Number(value) <= to));
}

const holds = (data, hidden, test) => test.of.some((span) => met(data, hidden, span)) !== Boolean(test.not);

// applyRules marks what is passed over. A rule asks only for what stands above it.
export function applyRules(form) {
  const data = new FormData(form), hidden = new Set();
  for (const group of form.querySelectorAll("[data-gate]")) {
    const open = JSON.parse(group.dataset.gate).every((some) => some.some((test) => holds(data, hidden, test)));
    if (!open) hidden.add(questionOf(group.querySelector("[data-row]").id.slice("w-".length)));
    group.classList.toggle("skipped", !open);
    const rule = group.querySelector(".rule");
    rule.hidden = open;
    rule.querySelector("b").hidden = open;
    rule.querySelector("[data-kept]").hidden = open || !filledIn(group);
  }
}

// What a page of results does besides showing them: the summary of errors takes the focus, what is folded is printed,
// and a box ticks all remarks of the page. Without it everything can be done by the plain forms.

document.getElementById("bledy")?.focus();

let folded = [];
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll(".report-question details:not([open])")];
  for (const details of folded) details.open = true;
});
addEventListener("afterprint", () => {
  for (const details of folded) details.open = false;
});

const form = document.getElementById("nadawanie");
if (form) {
  const boxes = [...form.querySelectorAll("[name=remark]")];
  const label = document.createElement("label");
  label.className = "tick-all";
  const all = document.createElement("input");
  all.type = "checkbox";
  all.id = "cala-strona";
  label.append(all, " Zaznacz wszystkie na tej stronie");
  form.querySelector(".tag-bar").after(label);
  const count = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
  });
  form.addEventListener("change", (event) => {
    if (event.target.name === "remark") count();
  });
  count();
}

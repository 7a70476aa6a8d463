// Copies a banner's code. Without this script the code can be selected by hand.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    const told = document.getElementById(button.dataset.copy + "-told");
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      told.textContent = "Skopiowano.";
    } catch {
      told.textContent = "Kod jest zaznaczony – prosimy go skopiować klawiszami Ctrl + C.";
    }
  });
}

// Follows a file that is being prepared. Without this script the page has a link that shows it anew.

const pause = 1500, patience = 10000; // ms
const box = () => document.getElementById("export");
const told = document.getElementById("told");

function tell(text) {
  if (told.textContent !== text) told.textContent = text;
}

async function follow() {
  try {
    const answer = await fetch(location.pathname, { signal: AbortSignal.timeout(patience) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html"), next = page.getElementById("export");
    if (next) show(next);
  } catch {
    // the service is away for a moment: the next look tells more
  }
  if (box().hasAttribute("data-running")) setTimeout(follow, pause);
}

// show takes over what changed, and leaves the button where it is while the file is being written.
function show(next) {
  if (!next.hasAttribute("data-running")) {
    const inside = box().contains(document.activeElement);
    box().replaceWith(document.adoptNode(next));
    if (inside) box().querySelector("a.btn, button")?.focus();
    tell(box().querySelector("h2").textContent);
    return;
  }
  const bar = box().querySelector("progress"), now = next.querySelector("progress");
  if (Math.floor(bar.value / 25) !== Math.floor(now.value / 25)) tell(next.querySelector(".state").textContent); // not each step is read out
  bar.value = now.value;
  box().querySelector(".state").textContent = next.querySelector(".state").textContent;
}

document.getElementById("refresh")?.querySelector("a").remove();
setTimeout(follow, pause);

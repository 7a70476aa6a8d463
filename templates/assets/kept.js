// On every page of the panel: tells of typed sheets that wait in this browser, and erases them when their typist logs out.

const leave = document.getElementById("leave");
const { kept: address, keep, account } = leave.dataset;

async function sheets() {
  const { exists, open } = await import(address);
  return (await exists(account)) ? open(keep, account) : null;
}

async function tell() {
  const waiting = await (await sheets())?.all();
  if (!waiting?.length || document.getElementById("typing")) return;
  const batches = [...new Set(waiting.map((sheet) => sheet.batch))];
  const notice = document.createElement("div"), text = document.createElement("p");
  notice.className = "notice warning";
  notice.id = "kept";
  text.append(`W\u00a0tej przeglądarce czekają niezapisane arkusze: ${waiting.length}. `);
  for (const batch of batches) {
    const link = document.createElement("a");
    link.href = `/panel/ankiety-papierowe/${batch}/arkusz`;
    link.textContent = `Partia nr\u00a0${batch}`;
    text.append(link, " ");
  }
  notice.append(text);
  document.querySelector("main > .wrap").prepend(notice);
}

// Whoever logs out leaves nothing behind; if that would lose sheets, they are asked first.
async function logOut(event) {
  event.preventDefault();
  const kept = await sheets(), waiting = (await kept?.all()) ?? [];
  const question = `W tej przeglądarce czekają arkusze, których serwis jeszcze nie ma: ${waiting.length}. Wylogowanie usunie je na zawsze. Wylogować?`;
  if (waiting.length > 0 && !window.confirm(question)) return;
  await kept?.forget();
  leave.submit();
}

leave.addEventListener("submit", (event) => logOut(event).catch(() => leave.submit()));
tell().catch(() => {});

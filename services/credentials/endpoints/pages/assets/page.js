// What is nicer with a script: everything on these pages works without it.
"use strict";

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  const said = button.textContent;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = said; }, 2000);
  });
}

for (const told of document.querySelectorAll("[data-focus]")) {
  told.focus({ preventScroll: true });
}

const form = document.querySelector("form[data-busy]");
if (form) {
  const drop = form.querySelector("[data-drop]");
  const file = form.elements.file;
  const send = form.querySelector("button[type=submit]");
  const label = send.textContent;

  form.querySelector("[data-dropped]").hidden = false;
  form.addEventListener("submit", () => {
    send.textContent = form.dataset.busy;
    send.setAttribute("aria-busy", "true");
  });
  // Whoever comes back by the browser's button finds the form as it was.
  addEventListener("pageshow", () => {
    send.textContent = label;
    send.removeAttribute("aria-busy");
  });
  for (const type of ["dragenter", "dragover"]) {
    drop.addEventListener(type, (event) => { event.preventDefault(); drop.classList.add("over"); });
  }
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    if (!event.dataTransfer.files.length) return;
    file.files = event.dataTransfer.files;
    form.elements.text.value = form.elements.link.value = "";
    form.requestSubmit(send);
  });
}

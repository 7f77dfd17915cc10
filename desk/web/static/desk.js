// Comfort only: every page works without this file.
"use strict";
const boxes = (name) => [...document.querySelectorAll(`input[type="checkbox"][name="${name}"]`)];
// On a phone the sections stand in one row that scrolls: show where we are.
document.querySelector(".top nav [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest", behavior: "instant" });
const count = () => {
  const ticked = boxes("task").filter((box) => box.checked).length;
  for (const told of document.querySelectorAll("[data-count]")) told.textContent = ticked ? String(ticked) : "";
  for (const box of boxes("task")) box.closest("tr")?.classList.toggle("chosen", box.checked);
};
document.addEventListener("change", (event) => {
  const box = event.target;
  if (!(box instanceof HTMLInputElement) || box.type !== "checkbox") return;
  if (box.dataset.all) for (const one of boxes(box.dataset.all)) one.checked = box.checked;
  count();
});
const move = (by) => {
  const links = [...document.querySelectorAll(".tasks td.title a")];
  const at = links.indexOf(document.activeElement?.closest("tr")?.querySelector("td.title a"));
  links[Math.min(Math.max(at + by, 0), links.length - 1)]?.focus();
};
const keys = {
  "/": () => document.querySelector('input[type="search"]')?.focus(),
  j: () => move(1),
  k: () => move(-1),
  x: () => document.activeElement?.closest("tr")?.querySelector('input[name="task"]')?.click(),
  n: () => document.querySelector('a[rel="next"]')?.click(),
  p: () => document.querySelector('a[rel="prev"]')?.click(),
};
document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof HTMLElement && event.target.matches('input:not([type="checkbox"]), textarea, select');
  const act = keys[event.key];
  if (!act || typing || event.ctrlKey || event.metaKey || event.altKey || !document.querySelector(".tasks, [type=search]")) return;
  event.preventDefault();
  act();
});
// A browser in another language writes 06/01 for 1 June: say the chosen day as people here do.
const readable = (field) => {
  const said = field.parentElement.querySelector(".readable") ?? field.insertAdjacentElement("beforebegin", Object.assign(document.createElement("span"), { className: "readable", ariaHidden: "true" }));
  const day = field.valueAsDate;
  said.textContent = day ? day.toLocaleDateString(document.documentElement.lang === "en" ? "en-GB" : "vi-VN", { timeZone: "UTC", weekday: "long", day: "2-digit", month: "2-digit", year: "numeric" }) : "";
};
for (const field of document.querySelectorAll("input[type=date]")) readable(field);
document.addEventListener("input", (event) => { if (event.target.matches?.("input[type=date]")) readable(event.target); });
// The newest of a wide picture stands at its right.
for (const wide of document.querySelectorAll(".scroll.newest")) wide.scrollLeft = wide.scrollWidth;
// A page printed shows what stands folded on the screen.
addEventListener("beforeprint", () => { for (const one of document.querySelectorAll("main details:not([open])")) { one.open = true; one.dataset.printed = ""; } });
addEventListener("afterprint", () => { for (const one of document.querySelectorAll("details[data-printed]")) { one.open = false; delete one.dataset.printed; } });

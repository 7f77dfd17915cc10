// What chrono-node's Vietnamese reader finds; run in a directory where chrono-node is installed.
import * as chrono from "chrono-node";
import { readFileSync } from "node:fs";

const asked = JSON.parse(readFileSync(0, "utf8"));
const base = new Date(`${asked.base}T12:00:00+07:00`);
const pad = (n) => String(n).padStart(2, "0");
const widened = (part) => {
  const year = part.get("year");
  const month = part.isCertain("month") ? part.get("month") : 12;
  const day = part.isCertain("day") ? part.get("day") : new Date(year, month, 0).getDate();
  return `${year}-${pad(month)}-${pad(day)}`;
};
const find = (text) =>
  chrono.vi.parse(text, base).map((hit) => {
    const first = hit.start;
    const start = `${first.get("year")}-${pad(first.isCertain("month") ? first.get("month") : 1)}-${pad(first.isCertain("day") ? first.get("day") : 1)}`;
    return [start, widened(hit.end ?? hit.start)];
  });
const found = asked.texts.map(find);
const before = process.cpuUsage();
asked.speed.forEach(find);
const used = process.cpuUsage(before);
console.log(JSON.stringify({ "chrono-node (vi)": { found, per_second: asked.speed.length / ((used.user + used.system) / 1e6) } }));

import type { CaseResult } from "./result.js";
import type { Results } from "./results-file.js";

const PLOTTED = [
  { case: "get", title: "Calls a second, 64 in flight" },
  { case: "get-life", title: "The same, with headers as in life" },
] as const;
/** A yardstick, and no peer. */
const LEFT_OUT = "bare-loop";

const WIDTH = 720;
const NAMES = 190;
const VALUES = 80;
const ROW = 26;
const BAR = 16;
const HEAD = 44;
const MARGIN = 16;

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600; font-size: 15px }
  .value { font-variant-numeric: tabular-nums }
  .other { fill: #8c959f }
  .own { fill: #0969da }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .other { fill: #6e7681 } .own { fill: #4493f8 } }`;

/**
 * The calls a second of every peer as bars, longest first: an SVG that is readable on light and
 * dark.
 */
export function plot({ cases, node }: Results): string {
  let y = MARGIN;
  const parts: string[] = [];
  for (const { case: name, title } of PLOTTED) {
    const rows = cases
      .filter((one) => one.case === name && one.peer !== LEFT_OUT)
      .sort((a, b) => b.perSecond - a.perSecond);
    if (rows.length === 0) continue;
    parts.push(`<text class="title" x="${MARGIN}" y="${y + 16}">${title}, Node.js ${node}</text>`);
    y += HEAD - MARGIN;
    const longest = rows[0]?.perSecond ?? 1;
    for (const row of rows) {
      parts.push(bar(row, y, longest));
      y += ROW;
    }
    y += MARGIN;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}" role="img"><title>Calls a second</title><style>${STYLE}\n</style>\n${parts.join("\n")}\n</svg>\n`;
}

function bar({ peer, perSecond }: CaseResult, y: number, longest: number): string {
  const length = Math.max(
    1,
    Math.round(((WIDTH - 2 * MARGIN - NAMES - VALUES) * perSecond) / longest),
  );
  const left = MARGIN + NAMES;
  const own = peer.startsWith("tightwire") ? "own" : "other";
  const middle = y + BAR - 3;
  return [
    `<text x="${left - 8}" y="${middle}" text-anchor="end">${peer}</text>`,
    `<rect class="${own}" x="${left}" y="${y}" width="${length}" height="${BAR}" rx="2"/>`,
    `<text class="value" x="${left + length + 6}" y="${middle}">${Math.round(perSecond).toLocaleString("en-US")}</text>`,
  ].join("");
}

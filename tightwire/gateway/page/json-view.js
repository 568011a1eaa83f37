import { element } from "./element.js";

/** Longer text is shown without colours, because each coloured token is an element. */
const MAX_COLOURED = 200_000;
const TOKEN =
  /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Shows JSON with coloured tokens, and other text unchanged. */
export function createJsonView(text) {
  const value = parse(text);
  const shown = value === undefined ? text : JSON.stringify(value, null, 2);
  const coloured = value !== undefined && shown.length <= MAX_COLOURED;
  return element(
    "pre",
    { class: "json", tabindex: "0" },
    element("code", {}, ...(coloured ? tokens(shown) : [shown])),
  );
}

/** Parses JSON; undefined for other text. */
export function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function tokens(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [whole, string, colon] = match;
    parts.push(text.slice(end, match.index));
    end = match.index + whole.length;
    if (colon !== undefined) parts.push(element("span", { class: "key" }, string), colon);
    else parts.push(element("span", { class: string === undefined ? "literal" : "string" }, whole));
  }
  return [...parts, text.slice(end)];
}

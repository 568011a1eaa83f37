import { element } from "./element.js";

/** Text beyond this many characters is shown without colours, which take an element each. */
const MOST_COLOURED = 200_000;
const TOKEN =
  /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** JSON with its parts in colours; other text as it is. */
export function createJsonView(text) {
  const value = parse(text);
  const shown = value === undefined ? text : JSON.stringify(value, null, 2);
  const coloured = value !== undefined && shown.length <= MOST_COLOURED;
  return element(
    "pre",
    { class: "json", tabindex: "0" },
    element("code", {}, ...(coloured ? tokens(shown) : [shown])),
  );
}

/** The value of JSON; undefined for what is none. */
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

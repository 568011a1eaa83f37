import { element } from "./element.js";
import { inline, prose } from "./prose.js";

/** Shows all services and their methods, until a method is chosen. */
export function createOverview({ info, services }) {
  return element(
    "article",
    { class: "overview" },
    element("h1", {}, info.title),
    ...prose(info.description ?? "Choose a method to see its description and to call it."),
    ...services.map((service) =>
      element(
        "section",
        {},
        element("h2", {}, service.shortName),
        element("div", { class: "prose" }, ...prose(service.description)),
        element("ul", { class: "methods" }, ...service.operations.map(card)),
      ),
    ),
  );
}

function card({ id, name, verb, path, label, kind, summary = "" }) {
  return element(
    "li",
    {},
    element(
      "a",
      { href: `#${id}` },
      element(
        "strong",
        {},
        name,
        kind === "unary" ? undefined : element("span", { class: "kind" }, label),
      ),
      element(
        "span",
        { class: "route" },
        element("span", { class: `verb ${verb.toLowerCase()}` }, verb),
        element("code", {}, path),
      ),
      element("span", { class: "summary" }, ...inline(summary)),
    ),
  );
}

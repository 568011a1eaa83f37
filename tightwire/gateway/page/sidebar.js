import { element } from "./element.js";

/** Lists all methods; the search box filters the list. Returns a function that marks the shown method. */
export function createSidebar({ services }) {
  const list = document.querySelector("[data-list]");
  const search = document.getElementById("search");
  const none = document.querySelector("[data-none]");
  const links = new Map();
  const groups = services.map((service) => {
    const entries = service.operations.map((operation) => ({
      operation,
      node: entry(operation, links),
    }));
    const heading = element("h2", {}, service.shortName, element("small", {}, service.package));
    const node = element(
      "section",
      {},
      heading,
      element("ul", {}, ...entries.map((one) => one.node)),
    );
    return { service, entries, node };
  });
  list.replaceChildren(...groups.map(({ node }) => node));

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const { service, entries, node } of groups) {
      for (const { operation, node: one } of entries) {
        const text =
          `${service.name} ${operation.name} ${operation.verb} ${operation.path} ${operation.label}`.toLowerCase();
        one.hidden = !words.every((word) => text.includes(word));
      }
      node.hidden = entries.every((one) => one.node.hidden);
    }
    none.hidden = groups.some(({ node }) => !node.hidden);
  }

  search.addEventListener("input", filter);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter")
      [...links.values()].find((link) => link.closest("[hidden]") === null)?.click();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.closest("input, textarea, select") !== null) return;
    event.preventDefault();
    search.focus();
  });

  return function mark(id) {
    for (const [key, link] of links) link.toggleAttribute("aria-current", key === id);
    links.get(id)?.setAttribute("aria-current", "page");
    links.get(id)?.scrollIntoView({ block: "nearest" });
  };
}

function entry(operation, links) {
  const link = element(
    "a",
    {
      href: `#${operation.id}`,
      class: operation.deprecated ? "deprecated" : undefined,
      title: `${operation.verb} ${operation.path}`,
    },
    element("span", { class: "name" }, operation.name),
    operation.sign === ""
      ? undefined
      : element(
          "span",
          { class: "sign", role: "img", "aria-label": operation.label },
          operation.sign,
        ),
    element("span", { class: `verb ${operation.verb.toLowerCase()}` }, operation.verb),
  );
  links.set(operation.id, link);
  return element("li", {}, link);
}

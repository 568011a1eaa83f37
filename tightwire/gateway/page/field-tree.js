import { element } from "./element.js";
import { prose } from "./prose.js";
import { typeName } from "./value-input.js";

/** Shows the fields of a message. Nested messages are expanded one by one, since a message may contain itself. */
export function createFieldTree(given, resolve) {
  const schema = resolve(given);
  const required = schema.required ?? [];
  const fields = Object.entries(schema.properties ?? {});
  if (fields.length === 0) return element("p", { class: "hint" }, "This message has no fields.");
  return element(
    "ul",
    { class: "tree" },
    ...fields.map(([name, field]) =>
      element("li", {}, ...row(name, field, required.includes(name), resolve)),
    ),
  );
}

function row(name, given, required, resolve) {
  const schema = resolve(given);
  const { inner, type } = innerOf(schema, resolve);
  const head = [
    element("code", { class: "name" }, name),
    element("span", { class: "type" }, type),
    required ? element("span", { class: "required" }, "required") : undefined,
    schema.readOnly === true ? element("span", { class: "type" }, "read only") : undefined,
  ];
  const text = element("div", { class: "hint" }, ...prose(schema.description));
  if (inner.properties === undefined || Object.keys(inner.properties).length === 0)
    return [element("div", { class: "tree-head" }, ...head), text];
  const details = element(
    "details",
    { toggle: open },
    element("summary", { class: "tree-head" }, ...head),
    text,
  );

  function open() {
    if (details.open && details.querySelector("ul") === null)
      details.append(createFieldTree(inner, resolve));
  }

  return [details];
}

/** The schema inside a list or map, and the name of the whole type. */
function innerOf(schema, resolve) {
  if (schema.type === "array") {
    const inner = resolve(schema.items);
    return { inner, type: `${typeName(inner)}[]` };
  }
  if (typeof schema.additionalProperties === "object") {
    const inner = resolve(schema.additionalProperties);
    return { inner, type: `map of ${typeName(inner)}` };
  }
  return { inner: schema, type: typeName(schema) };
}

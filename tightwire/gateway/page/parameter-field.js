import { element, freshId } from "./element.js";
import { inline } from "./prose.js";
import { createValueInput, typeName } from "./value-input.js";

/** The form field of a path or query parameter. `values()` returns the values to send: none when nothing was entered. */
export function createParameterField(parameter, resolve) {
  const schema = resolve(parameter.schema);
  return schema.type === "array"
    ? repeated(parameter, resolve(schema.items), resolve)
    : single(parameter, schema);
}

function single(parameter, schema) {
  const id = freshId("field");
  const input = createValueInput(schema, {
    id,
    required: parameter.required === true,
    described: hintId(parameter, id),
  });
  const node = element(
    "div",
    { class: "field" },
    element(
      "div",
      { class: "field-head" },
      element("label", { for: id }, parameter.name),
      ...marks(parameter, typeName(schema)),
    ),
    input,
    hint(parameter, id),
  );
  return {
    name: parameter.name,
    in: parameter.in,
    node,
    multiple: parameter["x-multiple-segments"] === true,
    values: () => entered([input]),
  };
}

function repeated(parameter, items) {
  const id = freshId("field");
  const rows = element("div", { class: "rows" });
  const inputs = () => [...rows.querySelectorAll("[data-value]")];

  function add({ focus }) {
    const input = createValueInput(items, { required: false, described: hintId(parameter, id) });
    const remove = element(
      "button",
      { type: "button", class: "quiet", click: () => drop(row) },
      "Remove",
    );
    const row = element("div", { class: "row" }, input, remove);
    rows.append(row);
    number();
    if (focus) input.focus();
  }

  function drop(row) {
    row.remove();
    number();
    more.focus();
    rows.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function number() {
    inputs().forEach((input, index) => {
      input.setAttribute("aria-label", `${parameter.name} ${index + 1}`);
      input.nextElementSibling.setAttribute("aria-label", `Remove ${parameter.name} ${index + 1}`);
      input.required = parameter.required === true && index === 0;
    });
  }

  const more = element(
    "button",
    { type: "button", class: "quiet add", click: () => add({ focus: true }) },
    `Add ${parameter.name}`,
  );
  const node = element(
    "fieldset",
    { class: "field" },
    element(
      "legend",
      { class: "field-head" },
      element("span", { class: "label" }, parameter.name),
      ...marks(parameter, `${typeName(items)}[]`),
    ),
    rows,
    more,
    hint(parameter, id),
  );
  add({ focus: false });
  return {
    name: parameter.name,
    in: parameter.in,
    node,
    multiple: false,
    values: () => entered(inputs()),
  };
}

function entered(inputs) {
  return inputs.map((input) => input.value).filter((value) => value !== "");
}

function marks({ required, deprecated }, type) {
  return [
    required === true ? element("span", { class: "required" }, "required") : undefined,
    deprecated === true || undefined
      ? element("span", { class: "required" }, "deprecated")
      : undefined,
    element("span", { class: "type" }, type),
  ];
}

function hintId({ description }, id) {
  return description === undefined ? undefined : `${id}-hint`;
}

function hint({ description }, id) {
  return description === undefined
    ? undefined
    : element("p", { class: "hint", id: `${id}-hint` }, ...inline(firstBlock(description)));
}

/** The description without the meanings of enum values, which the list of fields shows. */
function firstBlock(text) {
  return text.split(/\n\s*\n/, 1)[0];
}

import { element } from "./element.js";

/** The name of a schema's type for people. */
export function typeName(schema) {
  if (schema.enum !== undefined) return "enum";
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== "null") : schema.type;
  if (schema.contentEncoding === "base64") return "bytes";
  if (schema.format === "date-time") return "timestamp";
  if (type === "integer" || schema.format === "int64" || schema.format === "uint64")
    return schema.format ?? "uint32";
  if (schema.name !== undefined) return schema.name.slice(schema.name.lastIndexOf(".") + 1);
  return schema.format ?? type ?? "value";
}

/** An input for one value of a schema. Its `value` is the text to send, empty for no value. */
export function createValueInput(schema, { id, required, described }) {
  const common = { id, required, "aria-describedby": described, "data-value": true };
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== "null") : schema.type;
  if (schema.enum !== undefined) return choice(schema.enum, common);
  if (type === "boolean") return choice(["true", "false"], common);
  const text = { ...common, autocomplete: "off", spellcheck: "false" };
  if (type === "integer")
    return element("input", { ...text, type: "number", step: "1", ...bounds(schema) });
  if (type === "number") return element("input", { ...text, type: "number", step: "any" });
  if (schema.format === "int64") return whole(text, "-?[0-9]+");
  if (schema.format === "uint64") return whole(text, "[0-9]+");
  return element("input", { ...text, type: "text", placeholder: placeholder(schema) });
}

function choice(values, attributes) {
  return element(
    "select",
    attributes,
    element("option", { value: "" }, "—"),
    ...values.map((value) => element("option", { value }, value)),
  );
}

function bounds({ format, minimum, maximum }) {
  if (format === "int32") return { min: -2_147_483_648, max: 2_147_483_647 };
  return { min: minimum, max: maximum };
}

/** Numbers that JavaScript would round. */
function whole(attributes, pattern) {
  return element("input", {
    ...attributes,
    type: "text",
    inputmode: "numeric",
    pattern,
    title: "A whole number",
  });
}

function placeholder(schema) {
  if (schema.format === "date-time") return "2026-01-31T12:00:00Z";
  if (schema.contentEncoding === "base64") return "base64";
  return schema.pattern?.endsWith("s$") === true ? "1.5s" : undefined;
}

import { element, freshId } from "./element.js";

/** The editor of a request's body. With `lines` there is one message per line; `one` is the next message of an open call. `check()` returns whether the text is JSON, and shows an error when it is not. */
export function createBodyField({ type, example }, { lines, label }) {
  const id = freshId("body");
  const json = type !== "*/*";
  const sample = () =>
    example === undefined
      ? ""
      : lines
        ? `${JSON.stringify(example)}\n`
        : JSON.stringify(example, null, 2);
  const fault = element("p", { class: "fault", id: `${id}-fault`, role: "alert" });
  const input = element("textarea", {
    id,
    spellcheck: "false",
    autocomplete: "off",
    autocapitalize: "off",
    rows: "3",
    "aria-describedby": fault.id,
    input: () => check(),
  });
  input.value = sample();

  /** The error as text; undefined when there is none. */
  function faultOf() {
    if (!json || input.value.trim() === "") return undefined;
    const parts = lines ? input.value.split("\n") : [input.value];
    for (const [index, part] of parts.entries()) {
      if (lines && part.trim() === "") continue;
      try {
        JSON.parse(part);
      } catch (error) {
        return lines ? `Line ${index + 1}: ${error.message}` : error.message;
      }
    }
    return undefined;
  }

  function check() {
    const text = faultOf();
    fault.textContent = text ?? "";
    input.setAttribute("aria-invalid", String(text !== undefined));
    return text === undefined;
  }

  function set(text) {
    input.value = text;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function format() {
    if (faultOf() !== undefined || input.value.trim() === "") return;
    const parts = lines
      ? input.value.split("\n").filter((line) => line.trim() !== "")
      : [input.value];
    set(parts.map((part) => JSON.stringify(JSON.parse(part), null, lines ? 0 : 2)).join("\n"));
  }

  const node = element(
    "div",
    { class: "field body" },
    element(
      "div",
      { class: "field-head" },
      element("label", { for: id }, label),
      element("span", { class: "type" }, json ? type : "any bytes"),
      element(
        "span",
        { class: "tools" },
        tool("Format", format),
        tool("Example", () => set(sample())),
      ),
    ),
    input,
    fault,
  );
  return { node, check, value: () => input.value, focus: () => input.focus() };
}

function tool(label, click) {
  return element("button", { type: "button", class: "quiet", click }, label);
}

import { element } from "./element.js";

/** The options of all calls: credentials and timeout. They are kept only while the page is open. */
export function createCallOptions() {
  const authorization = element("input", {
    id: "authorization",
    type: "text",
    placeholder: "Bearer …",
    autocomplete: "off",
    spellcheck: "false",
  });
  const timeout = element("input", {
    id: "timeout",
    type: "number",
    min: "1",
    max: "99999999",
    step: "1",
    placeholder: "the contract's",
  });
  const node = element(
    "details",
    { class: "options" },
    element("summary", {}, "Call options"),
    element(
      "div",
      { class: "fields" },
      labelled(authorization, "authorization", "header"),
      labelled(timeout, "timeout", "milliseconds"),
    ),
  );
  return {
    node,
    /** The headers for these options. */
    headers() {
      const headers = [];
      if (authorization.value.trim() !== "")
        headers.push(["authorization", authorization.value.trim()]);
      if (timeout.value !== "") headers.push(["grpc-timeout", `${timeout.value}m`]);
      return headers;
    },
  };
}

function labelled(input, name, type) {
  return element(
    "div",
    { class: "field" },
    element(
      "div",
      { class: "field-head" },
      element("label", { for: input.id }, name),
      element("span", { class: "type" }, type),
    ),
    input,
  );
}

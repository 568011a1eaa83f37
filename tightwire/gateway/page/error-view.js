import { element } from "./element.js";
import { createJsonView } from "./json-view.js";

/** The names of gRPC's statuses by their number. Source: google/rpc/code.proto. */
const NAMES = [
  "OK",
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
];

/** Whether a value is a `google.rpc.Status`. */
export function isStatus(value) {
  return typeof value?.code === "number" && typeof value.message === "string";
}

/** Shows a `google.rpc.Status`: its name, its message and its details. */
export function createErrorView({ code, message, details = [] }) {
  return element(
    "div",
    { class: "error", "data-error": true },
    element(
      "p",
      { class: "error-head" },
      element("strong", {}, NAMES[code] ?? `code ${code}`),
      element("span", {}, message),
    ),
    ...details.map(detail),
  );
}

function detail(given) {
  const { "@type": url = "", ...rest } = given;
  const name = url.slice(url.lastIndexOf(".") + 1);
  const rows = given.fieldViolations ?? given.violations;
  const inside = Array.isArray(rows)
    ? element("dl", {}, ...rows.flatMap(violation))
    : createJsonView(JSON.stringify(rest));
  return element("section", { class: "detail" }, element("h3", {}, name), inside);
}

/** A row of `BadRequest`, `PreconditionFailure` or `QuotaFailure`. */
function violation({ field, type, subject, description = "" }) {
  const of = [field, type, subject].filter((part) => part !== undefined && part !== "").join(" · ");
  return [element("dt", {}, element("code", {}, of)), element("dd", {}, description)];
}

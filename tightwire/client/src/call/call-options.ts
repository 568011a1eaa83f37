import { type CallOptions, MisuseError } from "@tightwire/core";
import { checkTime, refuseUnknownOptions } from "@tightwire/core/runtime";

const OPTION_NAMES: readonly (keyof CallOptions)[] = [
  "timeoutMs",
  "idleTimeoutMs",
  "signal",
  "metadata",
  "compress",
  "onHeaders",
  "onTrailers",
  "detached",
];

/**
 * Throws a MisuseError that names an unknown option of a call to `path`, or one whose value is not
 * allowed.
 */
export function checkCallOptions(options: CallOptions, path: string): void {
  if (typeof options !== "object" || options === null)
    throw invalid(`the options of a call to ${path}`, "an object", options);
  for (const name in options) checkOption(name as keyof CallOptions, options, path);
}

function checkOption(name: keyof CallOptions, options: CallOptions, path: string): void {
  const value = options[name];
  switch (name) {
    case "timeoutMs":
    case "idleTimeoutMs":
      return checkTime(name, options[name]);
    case "signal":
      if (value === undefined || isSignal(value)) return;
      throw invalid(name, "an AbortSignal", value);
    case "metadata":
      return; // Metadata checks it
    case "compress":
      if (value === undefined || typeof value === "boolean" || typeof value === "function") return;
      throw invalid(name, "a boolean or a function", value);
    case "onHeaders":
    case "onTrailers":
      if (value === undefined || typeof value === "function") return;
      throw invalid(name, "a function", value);
    case "detached":
      if (value === undefined || typeof value === "boolean") return;
      throw invalid(name, "a boolean", value);
    default:
      refuseUnknownOptions(`a call to ${path}`, options, OPTION_NAMES);
  }
}

function isSignal(value: unknown): boolean {
  const { aborted, addEventListener } = Object(value) as Partial<AbortSignal>;
  return typeof aborted === "boolean" && typeof addEventListener === "function";
}

function invalid(name: string, allowed: string, value: unknown): MisuseError {
  const shown = value === null ? "null" : typeof value;
  return new MisuseError("TW_INVALID_OPTION", `${name} must be ${allowed} (got ${shown})`);
}

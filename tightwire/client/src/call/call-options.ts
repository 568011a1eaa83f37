import { type CallOptions, MisuseError } from "@tightwire/core";
import {
  checkArgument,
  checkOption,
  checkTime,
  describe,
  refuseUnknownOptions,
} from "@tightwire/core/runtime";

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
 * allowed. Done for each call, so it looks at the options that are there, and no others.
 */
export function checkCallOptions(options: CallOptions, path: string): void {
  checkArgument(`the options of a call to ${path}`, options, "object");
  for (const name in options) checkCallOption(name as keyof CallOptions, options, path);
}

function checkCallOption(name: keyof CallOptions, options: CallOptions, path: string): void {
  switch (name) {
    case "timeoutMs":
    case "idleTimeoutMs":
      return checkTime(name, options[name]);
    case "signal":
      return checkSignal(options.signal);
    case "metadata":
      return; // Metadata checks it
    case "compress":
      return checkCompress(options.compress);
    case "onHeaders":
    case "onTrailers":
      return checkOption(name, options[name], "function");
    case "detached":
      return checkOption(name, options.detached, "boolean");
    default:
      refuseUnknownOptions(`a call to ${path}`, options, OPTION_NAMES);
  }
}

function checkSignal(signal: CallOptions["signal"]): void {
  if (signal === undefined) return;
  // Not `instanceof`: a signal may come from another realm, or a polyfill.
  const { aborted, addEventListener } = Object(signal) as Partial<AbortSignal>;
  if (typeof aborted === "boolean" && typeof addEventListener === "function") return;
  throw invalid("signal", "an AbortSignal", signal);
}

function checkCompress(compress: CallOptions["compress"]): void {
  if (compress === undefined || typeof compress === "boolean" || typeof compress === "function")
    return;
  throw invalid("compress", "a boolean or a function", compress);
}

function invalid(name: string, allowed: string, value: unknown): MisuseError {
  return new MisuseError(
    "TW_INVALID_OPTION",
    `${name} must be ${allowed} (got ${describe(value)})`,
  );
}

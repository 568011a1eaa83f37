import { MisuseError } from "@tightwire/core";
import type { BalancerFactory } from "./balancer.js";
import { leastLoaded } from "./least-loaded.js";
import { roundRobin } from "./round-robin.js";

/** The balancers that a channel knows by name. */
export type BalancerName = "least-loaded" | "round-robin" | "pick-first";

/** `pick-first` needs none: its channel has one connection. */
const BALANCERS: Readonly<Record<BalancerName, BalancerFactory | undefined>> = {
  "least-loaded": leastLoaded,
  "round-robin": roundRobin,
  "pick-first": undefined,
};

/** The balancer of an option; undefined for `pick-first`. */
export function balancerOf(
  option: BalancerName | BalancerFactory = "least-loaded",
): BalancerFactory | undefined {
  return typeof option === "function" ? option : BALANCERS[option];
}

/** Throws a MisuseError (`TW_INVALID_OPTION`) for anything else. */
export function checkBalancer(option: unknown): void {
  if (option === undefined || typeof option === "function") return;
  if (typeof option === "string" && Object.hasOwn(BALANCERS, option)) return;
  const names = Object.keys(BALANCERS).map((name) => JSON.stringify(name));
  throw new MisuseError(
    "TW_INVALID_OPTION",
    `the option balancer must be ${names.join(", ")} or a function (got ${String(option)})`,
  );
}

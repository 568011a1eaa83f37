import { MisuseError } from "@tightwire/core";
import type { Endpoint } from "@tightwire/core/runtime";

/** A parsed target: how to find its endpoints. `text` is what the user wrote. */
export type Target =
  | { readonly scheme: "dns"; readonly host: string; readonly port: number; readonly text: string }
  | { readonly scheme: "static"; readonly endpoints: readonly Endpoint[]; readonly text: string }
  | { readonly scheme: "in-process"; readonly text: string };

const FORMS =
  '"dns:///host:port", "static:///host:port,host:port", "unix:/path" or "in-process:", with ports from 1 to 65535';

/**
 * Parses a target: `dns:///catalog:50051`, `static:///10.0.0.1:50051,10.0.0.2:50051`,
 * `unix:/run/catalog.sock` or `in-process:`. A plain `host:port` is `dns`. Throws a
 * {@link MisuseError} (`TW_INVALID_TARGET`) that lists the allowed forms.
 */
export function parseTarget(text: string): Target {
  if (typeof text !== "string") throw invalidTarget(text);
  if (text.startsWith("unix:")) return unixTarget(text);
  if (text.startsWith("in-process:")) return { scheme: "in-process", text };
  if (text.startsWith("static:///")) {
    const addresses = text.slice("static:///".length).split(",");
    return {
      scheme: "static",
      endpoints: addresses.map((one) => endpointAt(one.trim(), text)),
      text,
    };
  }
  const name = text.startsWith("dns:///") ? text.slice("dns:///".length) : text;
  if (name.includes("/")) throw invalidTarget(text);
  return { scheme: "dns", ...splitHostPort(name, text), text };
}

/** Joins `host` and `port` to one address, IPv6 in brackets. */
export function joinHostPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function unixTarget(text: string): Target {
  const path = text.slice("unix:".length).replace(/^\/\/(?=\/)/, "");
  if (path === "") throw invalidTarget(text);
  return {
    scheme: "static",
    endpoints: [{ address: `unix:${path}`, authority: "localhost" }],
    text,
  };
}

function endpointAt(address: string, text: string): Endpoint {
  const { host, port } = splitHostPort(address, text);
  const joined = joinHostPort(host, port);
  return { address: joined, authority: joined };
}

function splitHostPort(address: string, text: string): { host: string; port: number } {
  const match = /^(?:\[([0-9a-fA-F:.]+(?:%[\w.-]+)?)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(address);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined || port < 1 || port > 65_535) throw invalidTarget(text);
  return { host, port };
}

function invalidTarget(text: unknown): MisuseError {
  const shown = typeof text === "string" ? JSON.stringify(text) : String(text);
  return new MisuseError("TW_INVALID_TARGET", `${shown} is not a target; allowed: ${FORMS}`);
}

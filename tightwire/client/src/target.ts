import type { Endpoint } from "@tightwire/core/runtime";

/** A target as it was understood: how to find its endpoints. */
export type Target =
  | { readonly scheme: "dns"; readonly host: string; readonly port: number; readonly text: string }
  | { readonly scheme: "static"; readonly endpoints: readonly Endpoint[]; readonly text: string }
  | { readonly scheme: "in-process"; readonly text: string };

const FORMS = '"dns:///host:port", "static:///host:port,host:port", "unix:/path" or "in-process:"';

/**
 * Reads a target: `dns:///catalog:50051`, `static:///10.0.0.1:50051,10.0.0.2:50051`,
 * `unix:/run/catalog.sock`, `in-process:`; a plain `host:port` is `dns`. Throws a TypeError that
 * says which forms there are.
 */
export function parseTarget(text: string): Target {
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
  if (name.includes("/"))
    throw new TypeError(`${JSON.stringify(text)} is not a target: ${FORMS} are`);
  return { scheme: "dns", ...splitHostPort(name, text), text };
}

/** `host` and `port` as one address, IPv6 in brackets. */
export function joinHostPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function unixTarget(text: string): Target {
  const path = text.slice("unix:".length).replace(/^\/\/(?=\/)/, "");
  if (path === "") throw new TypeError(`${JSON.stringify(text)} names no socket: unix:/path does`);
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
  if (host === undefined || port < 1 || port > 65_535) {
    throw new TypeError(
      `${JSON.stringify(text)} is not a target: ${FORMS} are, with ports from 1 to 65535`,
    );
  }
  return { host, port };
}

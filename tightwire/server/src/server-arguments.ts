import { checkMethods } from "@tightwire/core/runtime";

const SERVER: readonly string[] = ["add", "listen", "stop", "stopNow"];

/** Throws a MisuseError for anything but a server that createServer made. */
export function checkServer(server: unknown): void {
  checkMethods("server", server, SERVER);
}

/** Throws a MisuseError for anything but a transport of servers. */
export function checkTransport(transport: unknown): void {
  checkMethods("transport", transport, ["listen"]);
}

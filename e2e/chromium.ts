import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const PATH = "/usr/bin/chromium";

/** Why there is no browser to test with; undefined when there is one. */
export function whyNoChromium(): string | undefined {
  return existsSync(PATH) ? undefined : `${PATH} is not installed`;
}

/** Starts Debian's Chromium, without a window. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: PATH, args: ["--no-sandbox"] });
}

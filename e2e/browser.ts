import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { onTestFinished } from "vitest";
import { repository } from "./shop-process.js";

const CHROMIUM = "/usr/bin/chromium";

/** Why pages cannot be tried here; undefined when they can. */
export const whyNoBrowser: string | undefined = existsSync(CHROMIUM)
  ? undefined
  : `${CHROMIUM} is not installed`;

/** How a page is looked at. */
export interface Look {
  readonly width: number;
  readonly scheme: "light" | "dark";
}

/** A wide screen and a telephone, by day and by night. */
export const LOOKS: readonly Look[] = [1440, 390].flatMap((width) =>
  (["light", "dark"] as const).map((scheme) => ({ width, scheme })),
);

/** A page, with all that it asked for and complained of. */
export interface WatchedPage {
  readonly page: Page;
  /** Addresses of all requests and WebSockets. */
  readonly requests: readonly string[];
  /**
   * Errors of the console, exceptions, and what the policy of the page's content forbade. Responses
   * with an error's status are none.
   */
  readonly complaints: readonly string[];
}

/** Starts a Chromium. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
}

/** Opens an empty page in a context of its own; closed when the test has finished. */
export async function watchPage(
  browser: Browser,
  { width, scheme }: Look = { width: 1440, scheme: "light" },
): Promise<WatchedPage> {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
  onTestFinished(() => page.close());
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => void requests.push(request.url()));
  page.on("websocket", (socket) => void requests.push(socket.url()));
  page.on("pageerror", (error) => void complaints.push(error.message));
  page.on("console", (message) => {
    const text = message.text();
    if (
      message.type() === "error" &&
      !text.startsWith("Failed to load resource: the server responded with")
    )
      complaints.push(text);
  });
  await page.addInitScript(
    'document.addEventListener("securitypolicyviolation", (event) => console.error("forbidden: " + event.violatedDirective + " " + event.blockedURI))',
  );
  return { page, requests, complaints };
}

/** Keeps a picture of a page for those who want to see it. */
export async function keepPicture(
  page: Page,
  name: string,
  { width, scheme }: Look,
): Promise<void> {
  const folder = join(repository, "artifacts");
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}-${width}-${scheme}.png`) });
}

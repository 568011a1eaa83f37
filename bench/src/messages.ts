import type { Window } from "./window.js";

// `pnpm bench --base` speaks this with children of older builds, and starts them as `child-main.js`
// says: names and meanings here, on their command line, and of peers and cases stay as they are.

/** What the first process asks one of its children. */
export type Question =
  | { readonly ask: "usage" }
  | { readonly ask: "window"; readonly load: string; readonly seconds: number }
  | { readonly ask: "stop" };

/** What a child says: once that it is ready, then one response to each question. */
export type Answer =
  | { readonly say: "ready"; readonly address: string | undefined; readonly node: string }
  | { readonly say: "usage"; readonly cpuUs: number }
  | { readonly say: "window"; readonly window: Window }
  | { readonly say: "failed"; readonly why: string };

/** Which half of a peer a child is. */
export type Role = "server" | "client";

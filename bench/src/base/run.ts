import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { type Build, OWN_BUILD } from "../child.js";
import { canPin, describeMachine, findNode } from "../machine.js";
import { startPair } from "../pair.js";
import { measureBlock, type StartPeer } from "./block.js";
import { commitOf, findCheckout, isOwn, OWN_FOLDER } from "./checkout.js";
import { compare } from "./compare.js";
import type { BaseOptions } from "./options.js";
import {
  allPass,
  type Context,
  comparisonJson,
  formatComparison,
  formatProgress,
} from "./report.js";

/** Runs first in every child; the file tells why. */
const HOLD_TICK = new URL("hold-tick.js", import.meta.url).href;

/**
 * Compares this build with the one of another checkout, prints and saves what came out. Resolves
 * to whether every case passes; rejects when nothing can be measured.
 */
export async function runComparison(options: BaseOptions): Promise<boolean> {
  const base = findCheckout(options.folder);
  const self = isOwn(base);
  const node = findNode(options.node);
  const pinned = canPin();
  if (!pinned) tell("not pinned: there is no taskset, or no second core");
  const start = startWith(node, pinned, { name: "base", childMain: base.childMain });
  const context: Context = {
    machine: describeMachine(),
    node: execFileSync(node, ["--version"], { encoding: "utf8" }).trim(),
    pinned,
    base,
    commit: commitOf(OWN_FOLDER),
    self,
    command: options.command,
  };
  tell(`this build at ${context.commit}, the base in ${base.folder} at ${base.commit}`);
  if (self) tell("a comparison with itself: medians above 1.03 fail, too");
  let turn = 0;
  const comparisons = await compare(options.targets, options, self, {
    measure: (peer, loads, effort) => measureBlock(peer, loads, effort, turn++, start),
    now: () => performance.now(),
    progress: (one) => tell(formatProgress(one, self)),
  });
  console.log(formatComparison(comparisons, context));
  if (options.save !== undefined) {
    mkdirSync(dirname(options.save), { recursive: true });
    writeFileSync(options.save, comparisonJson(comparisons, context));
    tell(`wrote ${options.save}`);
  }
  return allPass(comparisons, self);
}

function startWith(node: string, pinned: boolean, base: Build): StartPeer {
  return (peer, build) =>
    startPair(peer, {
      node,
      pinned,
      nodeOptions: () => ["--import", HOLD_TICK],
      build: build === "own" ? OWN_BUILD : base,
    });
}

function tell(text: string): void {
  console.error(`bench: ${text}`);
}

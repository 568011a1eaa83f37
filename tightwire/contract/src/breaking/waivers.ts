import { commentLines } from "../comments.js";
import type { BreakingChange } from "./breaking-change.js";

/**
 * Whether the contract lets a change pass: a line `tightwire:breaking:ignore <KIND> <why>` in the
 * comment of what changed. The reason must be there.
 */
export function isWaived({ desc, kind }: BreakingChange): boolean {
  return commentLines(desc).some((line) => {
    const [, waived, why = ""] = /^tightwire:breaking:ignore (\S+)(.*)$/.exec(line.trim()) ?? [];
    return waived === kind && why.trim() !== "";
  });
}

import type { DescFile, FileRegistry } from "@bufbuild/protobuf";
import { withNested } from "../with-nested.js";
import type { BreakingChange } from "./breaking-change.js";
import { compareMessages } from "./message-changes.js";
import { compareServices } from "./service-changes.js";

/** A contract at one time. */
export interface ContractVersion {
  readonly registry: FileRegistry;
  /** The files that are compared. */
  readonly files: readonly DescFile[];
}

/**
 * Finds the changes of options that break callers of `before`, waived ones included. Changes of the
 * messages themselves are `buf breaking`'s, which does not look at options.
 */
export function findBreakingChanges(
  before: ContractVersion,
  now: ContractVersion,
): BreakingChange[] {
  return now.files.flatMap((file) => [
    ...file.services.flatMap((service) => {
      const earlier = before.registry.getService(service.typeName);
      return earlier === undefined
        ? []
        : compareServices(
            { registry: before.registry, service: earlier },
            { registry: now.registry, service },
          );
    }),
    ...file.messages.flatMap(withNested).flatMap((message) => {
      const earlier = before.registry.getMessage(message.typeName);
      return earlier === undefined
        ? []
        : compareMessages(
            { registry: before.registry, message: earlier },
            { registry: now.registry, message },
          );
    }),
  ]);
}

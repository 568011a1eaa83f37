import type { Stage } from "./stage.js";
import type { TransportSubject } from "./transport-subject.js";

/** How an area adds its tests. */
export interface Suite {
  readonly subject: TransportSubject;
  /** `needs`: why the subject cannot run it; undefined when it can. */
  test(name: string, body: (stage: Stage) => Promise<void>, needs?: string): void;
}

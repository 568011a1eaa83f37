/** What user code does that misbehaves, whatever the place expects that calls it. */
export type Misbehaviour = () => never;

/** How it does. */
export type MisbehaviourName = "throws" | "rejects" | "hangs" | "returns nothing";

/** User code that misbehaves, by what it does. */
export const MISBEHAVIOURS: Readonly<Record<MisbehaviourName, Misbehaviour>> = {
  throws() {
    throw new Error("boom");
  },
  rejects: (() => Promise.reject(new Error("boom"))) as () => never,
  hangs: (() => new Promise(() => {})) as () => never,
  "returns nothing": (() => undefined) as () => never,
};

/** The names of {@link MISBEHAVIOURS}. */
export const MISBEHAVIOUR_NAMES = Object.keys(MISBEHAVIOURS) as readonly MisbehaviourName[];

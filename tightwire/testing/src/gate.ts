/** A point in a test where one side waits for the other. */
export interface Gate {
  open(): void;
  /** Resolves once it is open. */
  readonly passed: Promise<void>;
}

/** Makes a closed {@link Gate}. */
export function createGate(): Gate {
  let open: () => void = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, passed };
}

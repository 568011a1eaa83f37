/** A point in a test where one side waits for the other. */
export interface Gate {
  /** Lets everybody pass who waits, and who comes later. */
  open(): void;
  /** Resolves once the gate is open. */
  readonly passed: Promise<void>;
}

/**
 * Makes a closed {@link Gate}.
 *
 * ```ts
 * const gate = createGate();
 * const { client } = createStub(CatalogService, {
 *   async getProduct() {
 *     await gate.passed;
 *     return { product };
 *   },
 * });
 * const call = client.getProduct({ id: "p-1" }); // in flight until gate.open()
 * ```
 */
export function createGate(): Gate {
  let open: () => void = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, passed };
}

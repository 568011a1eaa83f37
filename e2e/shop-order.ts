/** A request of PlaceOrder that keeps the rules of the contract. */
export const ORDER = {
  requestId: "1",
  buyer: { name: "Ann", email: "ann@example.com", address: "1 High Street" },
  lines: [{ productId: "alien", quantity: 1 }],
  payment: { $case: "invoice", value: { reference: "1" } },
} as const;

import type { PlaceOrderRequest } from "@shop/contracts/orders";
import { checkDistinctProducts } from "../requests/checks.js";
import { createViolations } from "../requests/violations.js";
import type { CheckedOrder } from "./new-order.js";

/**
 * Checks what the rules of the contract cannot say of a PlaceOrder request. INVALID_ARGUMENT lists
 * all its faults and quotes nothing that the buyer wrote.
 */
export function checkOrder({ requestId, buyer, lines, payment }: PlaceOrderRequest): CheckedOrder {
  if (buyer === undefined || payment === undefined)
    throw new TypeError("unreachable: the contract requires both");
  const violations = createViolations();
  checkDistinctProducts(violations, "lines", lines);
  // The contract lets four digits pass, too: in an order they are what is left of the number.
  if (payment.$case === "card")
    violations.expect(payment.value.number.length >= 12, "card.number", "must be 12 to 19 digits");
  violations.throwIfAny();
  return { requestId, buyer, lines, payment };
}

/** The id of an attempt's reservation in the catalog, derived so that a repair finds it. */
export function reservationId(orderId: string, attempt: number): string {
  return `order-${orderId}-${attempt}`;
}

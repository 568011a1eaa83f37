/** A JSON schema, as Fastify takes them. */
type Schema = Readonly<Record<string, unknown>>;

const text = { type: "string" };
const whole = { type: "integer" };
const item = object({
  productId: text,
  title: text,
  quantity: whole,
  priceCents: whole,
  discount: { type: "number" },
});
const order = object({
  id: text,
  customerId: text,
  state: whole,
  createdAtMs: whole,
  totalCents: whole,
  currency: text,
  address: text,
  note: text,
  paid: { type: "boolean" },
  items: { type: "array", items: item },
});
const line = object({ id: text, item, description: text, orderedAtMs: whole });

/** Of `GetResponse`. */
export const getSchema: Schema = object({ order });
/** Of `ListResponse`. */
export const listSchema: Schema = object({ items: { type: "array", items: line } });
/** Of `WatchResponse`. */
export const changeSchema: Schema = object({
  sequence: whole,
  productId: text,
  quantity: whole,
  changedAtMs: whole,
});
/** Of a path or query with that whole number in it. */
export const wholeSchema = (name: string): Schema => object({ [name]: whole });
/** Of a path or query with that text in it. */
export const textSchema = (name: string): Schema => object({ [name]: text });

function object(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: "object", required: Object.keys(properties), properties };
}

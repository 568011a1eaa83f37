import assert from "node:assert/strict";
import { assertFails } from "../failure.js";
import type { CaseContext } from "../test-case.js";

/** UNKNOWN, as a number on the wire. */
const UNKNOWN = 2;

/** A status and its text, of a unary call and of a stream. */
export async function statusCodeAndMessage({ clients }: CaseContext): Promise<void> {
  const message = "test status message";
  const responseStatus = { code: UNKNOWN, message };
  for (const call of [
    clients.test.unaryCall({ responseStatus }),
    clients.test.fullDuplexCall([{ responseStatus }]),
  ]) {
    assert.equal((await assertFails(call, "unknown")).message, message, "the text of the status");
  }
}

/** A text that has to be escaped on its way. */
export async function specialStatusMessage({ clients }: CaseContext): Promise<void> {
  const message = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n";
  const call = clients.test.unaryCall({ responseStatus: { code: UNKNOWN, message } });
  assert.equal((await assertFails(call, "unknown")).message, message, "the text of the status");
}

/** A method that the server does not have. */
export async function unimplementedMethod({ clients }: CaseContext): Promise<void> {
  await assertFails(clients.test.unimplementedCall({}), "unimplemented");
}

/** A service that the server does not have. */
export async function unimplementedService({ clients }: CaseContext): Promise<void> {
  await assertFails(clients.unimplemented.unimplementedCall({}), "unimplemented");
}

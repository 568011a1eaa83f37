import { ConnectionError } from "../frames/connection-error.js";
import { ErrorCode } from "../frames/protocol.js";

/**
 * A header block that cannot be read closes the connection: the two tables would differ from here
 * on. Source: RFC 9113, section 4.3.
 */
export function compressionError(text: string): ConnectionError {
  return new ConnectionError(ErrorCode.COMPRESSION_ERROR, text);
}

import { connect } from "node:http2";

/**
 * A message as gRPC sends it: five bytes, of which the last four are its length, and the message.
 */
export function frame(message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/**
 * Makes one unary gRPC call by HTTP/2 itself, and resolves to its response, the message without the
 * five bytes before it. Rejects when the status is not 0.
 */
export function oneCall(address: string, path: string, message: Uint8Array): Promise<Uint8Array> {
  const session = connect(`http://${address}`);
  return new Promise<Uint8Array>((resolve, reject) => {
    session.once("error", reject);
    const stream = session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      te: "trailers",
    });
    const chunks: Buffer[] = [];
    let status: unknown;
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("trailers", (trailers) => {
      status = trailers["grpc-status"];
    });
    stream.once("error", reject);
    stream.once("end", () => {
      if (status === "0") resolve(Buffer.concat(chunks).subarray(5));
      else reject(new Error(`${address} responded with grpc-status ${String(status)}`));
    });
    stream.end(frame(message));
  }).finally(() => session.close());
}

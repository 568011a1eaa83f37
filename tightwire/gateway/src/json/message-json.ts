import {
  type DescField,
  type DescMessage,
  fromBinary,
  fromJson,
  fromJsonString,
  type JsonObject,
  type JsonValue,
  type Message,
  mergeFromJson,
  type Registry,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import { HttpError } from "../http/http-error.js";
import { standInForEscapedKeys } from "./escaped-keys.js";
import { describeFault } from "./fault.js";
import { refuseInexact } from "./inexact.js";
import { createJsonWriter, type JsonWriter } from "./json-writer.js";

/** How ProtoJSON is written and read. */
export interface JsonSettings {
  /** Knows the messages that an `Any` may hold. */
  readonly registry: Registry;
  /** Whether fields without presence are written when they hold their default. */
  readonly emitDefaults: boolean;
  /** Whether fields that the contract does not have are passed over. */
  readonly ignoreUnknownFields: boolean;
}

/** Makes messages out of ProtoJSON. Source: protobuf.dev, "ProtoJSON Format". */
export interface MessageReader {
  /**
   * A message out of a JSON text; duplicate keys are refused. Throws a 400 that names the field at
   * fault.
   */
  parse(text: string): Message;
  /** A message with one field, out of the JSON text of that field. Throws as {@link parse} does. */
  parseField(text: string, field: DescField): Message;
  /** A message out of a JSON value. Throws a 400 that names the field at fault. */
  read(value: JsonValue): Message;
  /** Sets what a JSON object says in a message. Throws as {@link read} does. */
  merge(message: Message, value: JsonObject): void;
  /** A message's bytes. */
  encode(message: Message): Uint8Array;
}

/** Makes ProtoJSON out of a message's bytes. Source: protobuf.dev, "ProtoJSON Format". */
export interface MessageWriter {
  /** The JSON of a message's bytes, in UTF-8. Throws an Error when they are no such message. */
  readonly write: JsonWriter;
  /**
   * The JSON text of one of its fields; of a field without a value its default, and `null` for a
   * message.
   */
  writeField(bytes: Uint8Array, field: DescField): string;
}

/** Prepares how a message is read. */
export function messageReader(
  schema: DescMessage,
  { registry, ignoreUnknownFields }: JsonSettings,
): MessageReader {
  const options = { registry, ignoreUnknownFields };
  const withFault = <T>(read: () => T, value: JsonValue): T =>
    refuseFaults(read, (error) => describeFault(error, schema, value, options));

  function parse(text: string): Message {
    const stoodIn = standInForEscapedKeys(text);
    const message = refuseFaults(
      () => {
        const whole = fromJsonString(schema, stoodIn?.text ?? text, options);
        // The text was read for the sake of its duplicate keys.
        return stoodIn === undefined ? whole : fromJson(schema, stoodIn.value(), options);
      },
      (error) => describeFault(error, schema, valueIn(text), options),
    );
    refuseInexact(schema, text, registry);
    return message;
  }

  return {
    parse,
    parseField(text, { jsonName }) {
      // By itself first: text that is no JSON could end the object around it.
      if (valueIn(text) === undefined)
        throw new HttpError("invalid_argument", "the body is no JSON");
      return parse(`{${JSON.stringify(jsonName)}:${text}}`);
    },
    read: (value) => withFault(() => fromJson(schema, value, options), value),
    merge: (message, value) =>
      void withFault(() => mergeFromJson(schema, message, value, options), value),
    encode: (message) => toBinary(schema, message),
  };
}

/** Prepares how a message is written. */
export function messageWriter(
  schema: DescMessage,
  { registry, emitDefaults }: JsonSettings,
): MessageWriter {
  const options = { registry, alwaysEmitImplicit: emitDefaults };
  const everything = { registry, alwaysEmitImplicit: true };
  const whole = (bytes: Uint8Array): string =>
    JSON.stringify(toJson(schema, fromBinary(schema, bytes), options));
  return {
    write: emitDefaults ? createJsonWriter(schema, whole) : (bytes) => Buffer.from(whole(bytes)),
    writeField(bytes, { jsonName }) {
      const message = fromBinary(schema, bytes);
      const own = (object: JsonValue): JsonValue | undefined =>
        Object.entries(object as JsonObject).find(([key]) => key === jsonName)?.[1];
      return JSON.stringify(
        own(toJson(schema, message, options)) ?? own(toJson(schema, message, everything)) ?? null,
      );
    },
  };
}

function refuseFaults<T>(read: () => T, describe: (error: unknown) => HttpError): T {
  try {
    return read();
  } catch (error) {
    throw describe(error);
  }
}

/** Undefined when the text is no JSON. */
function valueIn(text: string): JsonValue | undefined {
  try {
    return standInForEscapedKeys(text)?.value() ?? (JSON.parse(text) as JsonValue);
  } catch {
    return undefined;
  }
}

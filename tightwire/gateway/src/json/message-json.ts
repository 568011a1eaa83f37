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

/** Settings for reading and writing ProtoJSON. */
export interface JsonSettings {
  /** Has the messages that an `Any` may contain. */
  readonly registry: Registry;
  /** Whether fields without presence are written when they have their default value. */
  readonly emitDefaults: boolean;
  /** Whether fields that the contract does not have are ignored. */
  readonly ignoreUnknownFields: boolean;
}

/** Reads messages from ProtoJSON. Source: protobuf.dev, "ProtoJSON Format". */
export interface MessageReader {
  /**
   * Reads a message from a JSON text. Throws a 400 that names the invalid field; also for duplicate
   * keys.
   */
  parse(text: string): Message;
  /** Reads a message with one field from the JSON of that field. Throws as {@link parse} does. */
  parseField(text: string, field: DescField): Message;
  /** Reads a message from a JSON value. Throws a 400 that names the invalid field. */
  read(value: JsonValue): Message;
  /** Sets the fields of a JSON object in a message. Throws as {@link read} does. */
  merge(message: Message, value: JsonObject): void;
  /** Encodes a message. */
  encode(message: Message): Uint8Array;
}

/** Writes the bytes of messages as ProtoJSON. Source: protobuf.dev, "ProtoJSON Format". */
export interface MessageWriter {
  /** Writes a message as JSON, in UTF-8. Throws an Error when its bytes cannot be decoded. */
  readonly write: JsonWriter;
  /**
   * Writes one field of a message as JSON: its default when it is not set, and `null` for a message
   * that is not set.
   */
  writeField(bytes: Uint8Array, field: DescField): string;
}

/** Makes the reader of a message type. */
export function messageReader(
  schema: DescMessage,
  { registry, ignoreUnknownFields }: JsonSettings,
): MessageReader {
  const options = { registry, ignoreUnknownFields };
  const withFault = <T>(read: () => T, value: JsonValue): T =>
    refuseFaults(read, (error) => describeFault(error, schema, value, options));

  function parse(text: string): Message {
    const standIn = standInForEscapedKeys(text);
    const message = refuseFaults(
      () => {
        const whole = fromJsonString(schema, standIn?.text ?? text, options);
        // With stand-ins, reading the text only checked for duplicate keys.
        return standIn === undefined ? whole : fromJson(schema, standIn.value(), options);
      },
      (error) => describeFault(error, schema, valueIn(text), options),
    );
    refuseInexact(schema, text, registry);
    return message;
  }

  return {
    parse,
    parseField(text, { jsonName }) {
      // Alone first: text that is not JSON could close the object around it.
      if (valueIn(text) === undefined)
        throw new HttpError("invalid_argument", "the body is not JSON");
      return parse(`{${JSON.stringify(jsonName)}:${text}}`);
    },
    read: (value) => withFault(() => fromJson(schema, value, options), value),
    merge: (message, value) =>
      void withFault(() => mergeFromJson(schema, message, value, options), value),
    encode: (message) => toBinary(schema, message),
  };
}

/** Makes the writer of a message type. */
export function messageWriter(
  schema: DescMessage,
  { registry, emitDefaults }: JsonSettings,
): MessageWriter {
  const options = { registry, alwaysEmitImplicit: emitDefaults };
  const everything = { registry, alwaysEmitImplicit: true };
  const writeWhole = (bytes: Uint8Array): string =>
    JSON.stringify(toJson(schema, fromBinary(schema, bytes), options));
  return {
    write: emitDefaults
      ? createJsonWriter(schema, writeWhole)
      : (bytes) => Buffer.from(writeWhole(bytes)),
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

/** Undefined when the text is not JSON. */
function valueIn(text: string): JsonValue | undefined {
  try {
    return standInForEscapedKeys(text)?.value() ?? (JSON.parse(text) as JsonValue);
  } catch {
    return undefined;
  }
}

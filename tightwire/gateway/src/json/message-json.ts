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
import { Refusal } from "../http/refusal.js";
import { describeFault } from "./fault.js";
import { refuseInexact } from "./inexact.js";
import { createJsonWriter } from "./json-writer.js";

/** How ProtoJSON is written and read. */
export interface JsonSettings {
  /** Knows the messages that an `Any` may hold. */
  readonly registry: Registry;
  /** Whether fields without presence are written when they hold their default. */
  readonly emitDefaults: boolean;
  /** Whether fields that the contract does not have are passed over. */
  readonly ignoreUnknownFields: boolean;
}

/** A message between its two forms: protobuf's bytes and ProtoJSON. Source: protobuf.dev, "ProtoJSON Format". */
export interface MessageJson {
  /** A message out of a JSON text; duplicate keys are refused. Throws a 400 that names the field at fault. */
  parse(text: string): Message;
  /** A message with one field, out of the JSON text of that field. Throws as {@link parse} does. */
  parseField(text: string, field: DescField): Message;
  /** A message out of a JSON value. Throws a 400 that names the field at fault. */
  read(value: JsonValue): Message;
  /** Sets what a JSON object says in a message. Throws as {@link read} does. */
  merge(message: Message, value: JsonObject): void;
  /** A message's bytes. */
  encode(message: Message): Uint8Array;
  /** The JSON text of a message's bytes. Throws an Error when they are no such message. */
  write(bytes: Uint8Array): string;
  /** The JSON text of one of its fields; of a field without a value its default, and `null` for a message. */
  writeField(bytes: Uint8Array, field: DescField): string;
}

/** Prepares a message's forms. */
export function messageJson(schema: DescMessage, settings: JsonSettings): MessageJson {
  const readOptions = { registry: settings.registry, ignoreUnknownFields: settings.ignoreUnknownFields };
  const writeOptions = { registry: settings.registry, alwaysEmitImplicit: settings.emitDefaults };
  const everything = { registry: settings.registry, alwaysEmitImplicit: true };
  const withFault = <T>(read: () => T, value: JsonValue): T =>
    refuseFaults(read, (error) => describeFault(error, schema, value, readOptions));

  function parse(text: string): Message {
    const message = refuseFaults(
      () => fromJsonString(schema, text, readOptions),
      (error) => describeFault(error, schema, valueIn(text), readOptions),
    );
    refuseInexact(schema, text, settings.registry);
    return message;
  }

  const whole = (bytes: Uint8Array): string => JSON.stringify(toJson(schema, fromBinary(schema, bytes), writeOptions));

  return {
    parse,
    parseField(text, { jsonName }) {
      // By itself first: text that is no JSON could end the object around it.
      if (valueIn(text) === undefined) throw new Refusal("invalid_argument", "the body is no JSON");
      return parse(`{${JSON.stringify(jsonName)}:${text}}`);
    },
    read: (value) => withFault(() => fromJson(schema, value, readOptions), value),
    merge: (message, value) => void withFault(() => mergeFromJson(schema, message, value, readOptions), value),
    encode: (message) => toBinary(schema, message),
    write: settings.emitDefaults ? createJsonWriter(schema, whole) : whole,
    writeField(bytes, { jsonName }) {
      const message = fromBinary(schema, bytes);
      const own = (object: JsonValue): JsonValue | undefined => Object.entries(object as JsonObject).find(([key]) => key === jsonName)?.[1];
      return JSON.stringify(own(toJson(schema, message, writeOptions)) ?? own(toJson(schema, message, everything)) ?? null);
    },
  };
}

function refuseFaults<T>(read: () => T, describe: (error: unknown) => Refusal): T {
  try {
    return read();
  } catch (error) {
    throw describe(error);
  }
}

/** Undefined when the text is no JSON. */
function valueIn(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

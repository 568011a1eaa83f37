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
import { badField, Refusal } from "../http/refusal.js";

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
  return {
    parse: (text) => refuseFaults(() => fromJsonString(schema, text, readOptions)),
    read: (value) => refuseFaults(() => fromJson(schema, value, readOptions)),
    merge: (message, value) => void refuseFaults(() => mergeFromJson(schema, message, value, readOptions)),
    encode: (message) => toBinary(schema, message),
    write: (bytes) => JSON.stringify(toJson(schema, fromBinary(schema, bytes), writeOptions)),
    writeField(bytes, field) {
      const object = toJson(schema, fromBinary(schema, bytes), everything) as JsonObject;
      return JSON.stringify(object[field.jsonName] ?? null);
    },
  };
}

function refuseFaults<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw describeFault(error);
  }
}

const FIELD = /^cannot decode field (\S+) from JSON: ([\s\S]*)$/;
const UNKNOWN = /^cannot decode message (\S+) from JSON: key ("[\s\S]*") is unknown$/;
const MESSAGE = /^cannot decode message (\S+) from JSON: ([\s\S]*)$/;
const MOST_TEXT = 300;

/** What the reader of JSON found wrong, as a 400 that names the field. */
function describeFault(error: unknown): Refusal {
  const text = error instanceof Error ? error.message : String(error);
  const [, field, reason] = FIELD.exec(text) ?? [];
  if (field !== undefined && reason !== undefined) return badField(field.slice(0, MOST_TEXT), reason.slice(0, MOST_TEXT));
  const [, message, key] = UNKNOWN.exec(text) ?? [];
  if (message !== undefined && key !== undefined) return badField(key.slice(1, -1).slice(0, MOST_TEXT), `${message} has no such field`);
  const [, whole, why] = MESSAGE.exec(text) ?? [];
  return new Refusal("invalid_argument", whole === undefined ? text.slice(0, MOST_TEXT) : `no ${whole}: ${why?.slice(0, MOST_TEXT)}`);
}

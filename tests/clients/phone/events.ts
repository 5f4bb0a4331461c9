/** Learning events: ids, canonical bytes, and the digest over many of them. */
import { createHash, randomUUID } from "node:crypto";

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** One thing that a learner did. It is kept until the server has it, and never edited. */
export type LearningEvent = {
  id: string;
  type: string;
  v: number;
  device: string;
  /** The device's own counter from 1, without gaps: the server names the numbers that it lacks. */
  seq: number;
  /** This phone's clock, right or wrong. */
  at: string;
  /** Milliseconds to add to `at` for the server's time; null: never measured. */
  offset: number | null;
  tz: number;
  zone: string;
  ref: { [name: string]: string };
  body: { [name: string]: Json };
};

/** Returns a UUID of version 7 (RFC 9562). */
export function uuid7(now: number): string {
  const time = now.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

/**
 * Returns RFC 8785 JSON: JSON.stringify writes numbers and texts as it asks, and `sort` compares
 * UTF-16 code units, which it asks too.
 */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name]!)}`).join(",")}}`;
}

/** Returns a copy without lone surrogates (half an emoji), which have no canonical bytes. */
export function wellFormed<T extends Json>(value: T): T {
  const mend = (_: string, one: unknown) => (typeof one === "string" ? one.toWellFormed() : one);
  return JSON.parse(JSON.stringify(value, mend));
}

/** Returns the digest with an event more, or less: a sum, so that their order does not matter. */
export function digest(sum: string, event: LearningEvent, sign: 1n | -1n): string {
  const hash = createHash("sha256").update(canonical(event)).digest("hex");
  const total = BigInt(`0x${sum}`) + sign * BigInt(`0x${hash.slice(0, 32)}`);
  return BigInt.asUintN(128, total).toString(16).padStart(32, "0");
}

/** What a phone keeps, and where. It survives the end of the app at any moment. */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Json, LearningEvent } from "./events.ts";
import type { Question } from "./marking.ts";

export type Block = { __typename: string; id: string; key: string; question?: Question };
export type Lesson = { id: string; key: string; kind: "PRACTICE" | "ASSESSMENT"; blocks: Block[] };
/** A record of the server's, put in place of what is here of that kind and id. */
export type Change = {
  kind: string;
  id: string;
  version: number;
  tombstone: string | null;
  record: Json;
};

/** All that a device keeps of one learner; another account gets a state and a device of its own. */
export type State = {
  device: string;
  /** The last sequence number given out. */
  seq: number;
  token: string | null;
  /** The token of a guest that the account has yet to claim. */
  claiming: string | null;
  /** The server's time minus this phone's, in milliseconds; null: never measured. */
  offset: number | null;
  cursor: string | null;
  /** Events that the server has not answered for, and those that it has with their digest. */
  queue: LearningEvent[];
  journal: LearningEvent[];
  digest: string;
  records: { [kindAndId: string]: Change };
  /** Lessons by the hash of their version; they never change, and their ids are bound to it. */
  versions: { [hash: string]: Lesson[] };
};

export function newState(device: string): State {
  const empty = { queue: [], journal: [], digest: "0".repeat(32), records: {}, versions: {} };
  return { device, seq: 0, token: null, claiming: null, offset: null, cursor: null, ...empty };
}

/** Where the state is kept. A real app keeps rows in SQLite, and saves in one transaction. */
export interface Storage {
  load(): Promise<State | null>;
  save(state: State): Promise<void>;
}

/** A JSON file, replaced as a whole: a crash leaves the old one or the new one. */
export class FileStorage implements Storage {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async load(): Promise<State | null> {
    return existsSync(this.#path) ? JSON.parse(readFileSync(this.#path, "utf8")) : null;
  }

  async save(state: State): Promise<void> {
    writeFileSync(`${this.#path}.new`, JSON.stringify(state), { flush: true });
    renameSync(`${this.#path}.new`, this.#path);
  }
}

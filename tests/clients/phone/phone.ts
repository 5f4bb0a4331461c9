/**
 * A reference phone: the offline half of an app for Morsel. Read it with docs/app-developers.md.
 *
 * What a learner does becomes an event in a durable queue, at once and without network. `sync`
 * takes the queue to the server and the server's records here. It may fail anywhere and be called
 * again: an event leaves the queue only when the server has answered for it.
 */
import { randomUUID } from "node:crypto";
import { type Api, Refused } from "./api.ts";
import { type Json, type LearningEvent, canonical, digest, uuid7, wellFormed } from "./events.ts";
import { type Mark, type Response, mark } from "./marking.ts";
import { type Change, type Lesson, type State, type Storage, newState } from "./store.ts";

/** What one push may hold. */
const MAX_EVENTS = 200;
const MAX_BYTES = 256 * 1024;
/** Milliseconds; the server takes no offset beyond ten thousand years. */
const MAX_OFFSET = 10_000 * 366 * 86_400_000;

/** `wall` is set by anybody at any time; `steady` runs on since the phone was switched on. */
export type Clock = { wall(): number; steady(): number };
const CLOCK: Clock = { wall: () => Date.now(), steady: () => performance.now() };

export type Receipt = {
  status: "ACCEPTED" | "DUPLICATE" | "CONFLICT" | "REJECTED" | "DEFERRED";
  code: string | null;
  message: string | null;
  mark: Mark | null;
};
type Payload = { userErrors: { code: string; message: string }[] };
type Result = Payload & {
  serverTime: string;
  receipts: Receipt[];
  missing: number[];
  changes: Change[];
  cursor: string;
  hasMore: boolean;
  resync: boolean;
  digest: string;
};
type Ref = { lesson: string; block?: string; question?: string };

/** Receipts by event id, whether the records start over, whether both have the same events. */
export type Synced = { receipts: Map<string, Receipt>; resync: boolean; inStep: boolean };

export class Phone {
  readonly #api: Api;
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly state: State;
  /** The server's time at a moment of the steady clock: it outlives changes of the wall clock. */
  #anchor: { server: number; steady: number } | null = null;
  #syncing: Promise<Synced> | null = null;
  #repaired = false;

  private constructor(api: Api, storage: Storage, clock: Clock, state: State) {
    this.#api = api;
    this.#storage = storage;
    this.#clock = clock;
    this.state = state;
  }

  /** Opens what the storage has; without any, this is a new device. */
  static async open(api: Api, storage: Storage, clock = CLOCK): Promise<Phone> {
    const state = (await storage.load()) ?? newState(randomUUID());
    await storage.save(state);
    return new Phone(api, storage, clock, state);
  }

  /** Becomes a guest. When the reply is lost, a guest without events stays behind: no harm. */
  async start(): Promise<void> {
    const input = { deviceId: this.state.device, locale: this.#api.locale, timeZone: zone() };
    const { token } = await this.#run<{ token: string }>("startGuest", input);
    await this.#save({ token });
  }

  /** Goes on with a token of an account; what the guest learned is claimed by the next sync. */
  async signIn(token: string, { claim = false } = {}): Promise<void> {
    await this.#save(claim ? { token, claiming: this.state.token } : { token });
  }

  /** Downloads a course as it is published now; what is here of this version already stays. */
  async download(slug: string): Promise<Lesson[]> {
    const { token, versions } = this.state;
    const { locale } = this.#api;
    type Course = { version: { hash: string; modules: { lessons: { id: string }[] }[] } };
    const asked = { slug, locale };
    const { course } = await this.#api.run<{ course: Course | null }>("CourseScreen", asked, token);
    if (!course) throw new Refused(`There is no course ${slug}`);
    const lessons = (versions[course.version.hash] ??= []);
    for (const { id } of course.version.modules.flatMap((module) => module.lessons)) {
      if (lessons.some((lesson) => lesson.id === id)) continue;
      const one = { id, locale };
      lessons.push((await this.#api.run<{ lesson: Lesson }>("LessonScreen", one, token)).lesson);
      await this.#save({});
    }
    return lessons;
  }

  /** Keeps one event; it is safe when this returns, and the learner may be shown its effect. */
  async act(type: string, ref: Ref, body: { [name: string]: Json } = {}): Promise<LearningEvent> {
    const { device, seq, queue } = this.state;
    const now = this.#clock.wall();
    const event: LearningEvent = {
      id: uuid7(now),
      type,
      v: 1,
      device,
      seq: seq + 1,
      at: new Date(now).toISOString(),
      offset: this.#offset(now),
      tz: -new Date(now).getTimezoneOffset(),
      zone: zone(),
      ref: { version: this.#find(ref.lesson).version, ...ref },
      body: wellFormed(body),
    };
    if (bytes(event) > MAX_BYTES) throw new RangeError("No push could hold this event");
    queue.push(event);
    await this.#save({ seq: event.seq });
    return event;
  }

  /** Keeps an answer, and returns the phone's own mark of it: null in assessments. */
  async answer(
    ref: { lesson: string; question: string },
    response: Response,
    more: { attempt?: string; seconds?: number } = {},
  ): Promise<{ event: LearningEvent; mark: Mark | null }> {
    const event = await this.act("question.answered", ref, { ...response, ...more });
    const { blocks } = this.#find(ref.lesson).lesson;
    const question = blocks.find((block) => block.question?.id === ref.question)?.question;
    return { event, mark: question ? mark(question, response) : null };
  }

  /** Pushes the queue and pulls what changed, until both are done. Callers share a run. */
  sync(): Promise<Synced> {
    this.#syncing ??= this.#sync().finally(() => (this.#syncing = null));
    return this.#syncing;
  }

  async #sync(): Promise<Synced> {
    if (this.state.claiming !== null) await this.#claim();
    const receipts = new Map<string, Receipt>();
    const sentAgain = new Set<number>();
    for (let resync = false; ; ) {
      const batch = this.#batch(receipts);
      const result = await this.#exchange(batch);
      batch.forEach((event, i) => receipts.set(event.id, result.receipts[i]!));
      this.#settle(batch, receipts);
      this.#apply(result);
      this.#sendAgain(result.missing, sentAgain);
      const inStep = result.digest === this.state.digest;
      if (!inStep && !this.#repaired && this.#batch(receipts).length === 0) {
        // the server was restored from a backup and lost the latest: it knows which it has
        this.#repaired = true;
        this.#sendAgain(this.state.journal.map((event) => event.seq), sentAgain);
      }
      await this.#save({ cursor: result.cursor });
      resync ||= result.resync;
      if (!result.hasMore && !this.#batch(receipts).length) return { receipts, resync, inStep };
    }
  }

  /** Claims the guest; it may be repeated, so the guest's token goes only after an answer. */
  async #claim(): Promise<void> {
    const claimed = this.#run("claimGuest", { guestToken: this.state.claiming });
    const error = await claimed.then(() => null, (reason: unknown) => reason);
    if (error === null || error instanceof Refused) await this.#save({ claiming: null });
    if (error !== null) throw error;
  }

  /** Returns the next events to push, without those that the server has just put off. */
  #batch(receipts: Map<string, Receipt>): LearningEvent[] {
    let size = 0;
    const waiting = this.state.queue.filter(({ id }) => receipts.get(id)?.status !== "DEFERRED");
    return waiting.slice(0, MAX_EVENTS).filter((event) => (size += bytes(event)) <= MAX_BYTES);
  }

  /** Does one round trip, and measures how far this phone's clock is off. */
  async #exchange(events: LearningEvent[]): Promise<Result> {
    const { device: deviceId, cursor: since } = this.state;
    const deviceTime = new Date(this.#clock.wall()).toISOString();
    const result = await this.#run<Result>("sync", { deviceId, deviceTime, events, since });
    const server = Date.parse(result.serverTime) + this.#api.roundTrip / 2;
    this.#anchor = { server, steady: this.#clock.steady() };
    this.state.offset = this.#offset(this.#clock.wall());
    return result;
  }

  /** Returns what to add to this phone's clock for the server's time; null where nobody knows. */
  #offset(wall: number): number | null {
    if (this.#anchor === null) return this.state.offset;
    const server = this.#anchor.server + this.#clock.steady() - this.#anchor.steady;
    const offset = Math.round(server - wall);
    return Math.abs(offset) <= MAX_OFFSET ? offset : null;
  }

  /** Drops what the server has answered for, and journals what it has. */
  #settle(batch: LearningEvent[], receipts: Map<string, Receipt>): void {
    const { queue, journal } = this.state;
    for (const event of batch) {
      const { status } = receipts.get(event.id)!;
      if (status !== "DEFERRED") queue.splice(queue.indexOf(event), 1);
      if (status !== "ACCEPTED" && status !== "DUPLICATE") continue;
      journal.push(event);
      this.state.digest = digest(this.state.digest, event, 1n);
    }
  }

  /** Takes the changes over: each record in place of an older one, all anew after a resync. */
  #apply({ resync, changes }: Result): void {
    if (resync) this.state.records = {};
    for (const change of changes) {
      const key = `${change.kind} ${change.id}`;
      const known = this.state.records[key];
      if (!known || known.version <= change.version) this.state.records[key] = change;
    }
  }

  /** Puts events that the server lacks back into the queue, each once a sync. */
  #sendAgain(seqs: number[], sentAgain: Set<number>): void {
    const lacking = new Set(seqs.filter((seq) => !sentAgain.has(seq)));
    const again = this.state.journal.filter((event) => lacking.has(event.seq));
    this.state.journal = this.state.journal.filter((event) => !lacking.has(event.seq));
    this.state.queue = [...again, ...this.state.queue];
    for (const event of again) {
      sentAgain.add(event.seq);
      this.state.digest = digest(this.state.digest, event, -1n);
    }
  }

  /** Returns the payload of a mutation, registered under its name with a capital. */
  async #run<T = object>(field: string, input: object): Promise<T> {
    const operation = field[0]!.toUpperCase() + field.slice(1);
    type Data = { [field: string]: T & Payload };
    const data = await this.#api.run<Data>(operation, { input }, this.state.token);
    const payload = data[field]!;
    const [first] = payload.userErrors;
    if (first) throw new Refused(`${first.code}: ${first.message}`);
    return payload;
  }

  async #save(changed: Partial<State>): Promise<void> {
    await this.#storage.save(Object.assign(this.state, changed));
  }

  #find(id: string): { version: string; lesson: Lesson } {
    for (const [version, lessons] of Object.entries(this.state.versions)) {
      const lesson = lessons.find((one) => one.id === id);
      if (lesson) return { version, lesson };
    }
    throw new Error(`${id} is no lesson of a downloaded course`);
  }
}

const bytes = (event: LearningEvent) => Buffer.byteLength(canonical(event));
const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

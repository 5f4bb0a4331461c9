/** GraphQL over a network that fails: every request may be sent again, and so it is. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** The server is out of reach, or busy. Nothing is lost: try again later. */
export class Offline extends Error {}
/** The token is no longer valid: sign in, then go on. The queue stays. */
export class SignInNeeded extends Error {}
/** The server understood and said no: the same again would not help. */
export class Refused extends Error {}

/** Milliseconds, and how often a request is sent before it counts as Offline. */
const PATIENCE = { attempts: 6, firstPause: 500, longestPause: 30_000, timeout: 20_000 };
/** `extensions.code` of what passes. */
const PASSING = ["RATE_LIMITED", "TIMEOUT", "UNAVAILABLE"];
/** An app brings these files along: production runs registered operations only, named by hash. */
const OPERATIONS = new URL("../../../graphql/operations/", import.meta.url);

type Failure = { message: string; extensions?: { code?: string } };
type Answer = { data?: unknown; errors?: Failure[] };

export class Api {
  readonly #url: string;
  readonly #patience: typeof PATIENCE;
  readonly locale: string;
  /** Milliseconds from the last request that was answered to its answer. */
  roundTrip = 0;

  constructor(url: string, locale: string, patience: Partial<typeof PATIENCE> = {}) {
    this.#url = url;
    this.locale = locale;
    this.#patience = { ...PATIENCE, ...patience };
  }

  /** Returns the data of an operation; Offline, SignInNeeded or Refused. */
  async run<T>(operation: string, variables: object, token: string | null): Promise<T> {
    const text = readFileSync(new URL(`${operation}.graphql`, OPERATIONS));
    const documentId = createHash("sha256").update(text).digest("hex");
    const { attempts, firstPause, longestPause } = this.#patience;
    for (let attempt = 1; ; attempt++) {
      try {
        return (await this.#send(JSON.stringify({ documentId, variables }), token)) as T;
      } catch (error) {
        if (!(error instanceof Offline) || attempt === attempts) throw error;
      }
      // a pause of any length up to a bound that doubles, so that phones do not knock in step
      await sleep(Math.random() * Math.min(longestPause, firstPause * 2 ** attempt));
    }
  }

  async #send(body: string, token: string | null): Promise<unknown> {
    const headers = new Headers({ "Content-Type": "application/json" });
    headers.set("Accept-Language", this.locale);
    if (token !== null) headers.set("Authorization", `Bearer ${token}`);
    const signal = AbortSignal.timeout(this.#patience.timeout);
    const sent = performance.now();
    const { status, answer } = await fetch(this.#url, { method: "POST", headers, body, signal })
      .then(async (response) => ({ status: response.status, answer: await response.json() }))
      .catch((error: unknown) => Promise.reject(new Offline(String(error))));
    this.roundTrip = performance.now() - sent;
    const { data, errors } = answer as Answer;
    if (data && !errors) return data;
    const { message, extensions }: Failure = errors?.[0] ?? { message: `HTTP ${status}` };
    const code = extensions?.code ?? "";
    if (code === "UNAUTHENTICATED") throw new SignInNeeded(message);
    if (PASSING.includes(code) || status === 429 || status >= 500) throw new Offline(message);
    throw new Refused(`${code}: ${message}`);
  }
}

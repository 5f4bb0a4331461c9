/**
 * A phone for tests: `node driver.ts URL FILE LOCALE AHEAD`, its clock AHEAD milliseconds wrong.
 *
 * One request a line, {"do": a method of Phone, "args": [...]}, and one answer a line, {"done"} or
 * {"failed"}. More words: `mark` marks pairs of question and response, `clock` sets AHEAD, `state`
 * shows what is kept, and `pretend` journals the queue as if the server had it, which is how things
 * stand after a backup was restored there.
 */
import { createInterface } from "node:readline";
import { Api } from "./api.ts";
import { digest } from "./events.ts";
import { type Question, type Response, mark } from "./marking.ts";
import { Phone } from "./phone.ts";
import { FileStorage } from "./store.ts";

const [url, file, locale, ahead] = process.argv.slice(2) as [string, string, string, string];
let wrong = Number(ahead);
const clock = { wall: () => Date.now() + wrong, steady: () => performance.now() };
const patience = { attempts: 12, firstPause: 10, longestPause: 100, timeout: 5_000 };
const api = new Api(`${url}/graphql`, locale, patience);
const phone = await Phone.open(api, new FileStorage(file), clock);

const words: { [word: string]: (...args: any[]) => unknown } = {
  act: (...args) => phone.act(...(args as Parameters<Phone["act"]>)),
  answer: (...args) => phone.answer(...(args as Parameters<Phone["answer"]>)),
  start: () => phone.start(),
  signIn: (token, options) => phone.signIn(token, options),
  download: (slug) => phone.download(slug),
  sync: async () => {
    const { receipts, ...rest } = await phone.sync();
    return { ...rest, receipts: Object.fromEntries(receipts) };
  },
  mark: (pairs: [Question, Response][]) => pairs.map((pair) => mark(...pair)),
  clock: (milliseconds) => (wrong = milliseconds),
  state: () => phone.state,
  pretend: () => {
    for (const event of phone.state.queue.splice(0)) {
      phone.state.journal.push(event);
      phone.state.digest = digest(phone.state.digest, event, 1n);
    }
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { do: word, args } = JSON.parse(line);
  let answer: object;
  try {
    answer = { done: (await words[word]!(...args)) ?? null };
  } catch (error) {
    answer = { failed: `${(error as Error).constructor.name}: ${(error as Error).message}` };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

/**
 * Marking practice answers offline: from a question as GraphQL publishes it, and a response, to a
 * mark. The server marks again when it stores the answer, and its mark is the one that counts.
 */

type Ids = string[] | null; // null in assessments
type Pairs = string[][] | null;
type Choice = { id: string; feedback: string | null };
type Gap = { id: string; choices: Choice[] | null; accepted: Ids; caseSensitive: boolean };
type Entry = { response: string[]; points: number; caseSensitive: boolean };
/** Partial credit: what each value of a response is worth. */
type Mapping = { entries: Entry[]; default: number; lower: number | null; upper: number | null };
export type Question = {
  id: string;
  key: string;
  points: number;
  maxScore: number;
  mapping: Mapping | null;
  explanation: string | null;
} & (
  | { __typename: "ChoiceQuestion"; multiple: boolean; choices: Choice[]; correctIds: Ids }
  | { __typename: "OrderQuestion"; choices: Choice[]; correctIds: Ids }
  | { __typename: "MatchQuestion"; sources: Choice[]; targets: Choice[]; correctPairs: Pairs }
  | { __typename: "TextEntryQuestion"; accepted: Ids; caseSensitive: boolean }
  | { __typename: "NumericQuestion"; correctNumber: number | null; tolerance: number | null }
  | { __typename: "GapQuestion"; gaps: Gap[] }
);

/** Exactly one of the four, whichever the question asks for. */
export type Response = {
  choiceIds?: string[];
  pairs?: string[][];
  texts?: string[];
  number?: number;
};
export type Mark = { correct: boolean; score: number; maxScore: number; feedback: string | null };

/** The values of a response, each as `mapping` names it, and whether all of it is right. */
type Judged = { values: string[][]; correct: boolean };

/**
 * Returns the mark; null for what a phone cannot mark: a response without the question's shape, a
 * type of question newer than the app, and an assessment, which comes without its answers.
 */
export function mark(question: Question, response: Response): Mark | null {
  const judged = Object.keys(response).length === 1 ? judge(question, response) : null;
  if (judged === null) return null;
  const told = { score: score(question, judged), feedback: feedback(question, judged.values) };
  return { correct: judged.correct, maxScore: question.maxScore, ...told };
}

function judge(question: Question, { choiceIds, pairs, texts, number }: Response): Judged | null {
  switch (question.__typename) {
    case "ChoiceQuestion": {
      const { choices, correctIds, multiple } = question;
      const values = choiceIds?.map((id) => [id]);
      if (!values || !correctIds || !values.every(([id]) => has(choices, id))) return null;
      if (!multiple && new Set(choiceIds).size > 1) return null;
      return { values, correct: sameSet(values, correctIds.map((id) => [id])) };
    }
    case "OrderQuestion": {
      const right = question.correctIds;
      if (!choiceIds || !right || !same(choiceIds.toSorted(), right.toSorted())) return null;
      return { values: choiceIds.map((id, i) => [id, `${i + 1}`]), correct: same(choiceIds, right) };
    }
    case "MatchQuestion": {
      const { sources, targets, correctPairs } = question;
      if (!pairs?.every(([a, b]) => has(sources, a) && has(targets, b)) || !correctPairs) return null;
      return { values: pairs, correct: sameSet(pairs, correctPairs) };
    }
    case "TextEntryQuestion": {
      const { accepted, caseSensitive } = question;
      if (texts?.length !== 1 || !accepted) return null;
      return { values: [texts], correct: accepts(accepted, texts[0]!, caseSensitive) };
    }
    case "NumericQuestion": {
      const { correctNumber, tolerance } = question;
      if (number === undefined || !Number.isFinite(number) || correctNumber === null) return null;
      return { values: [[`${number}`]], correct: isNear(number, correctNumber, tolerance ?? 0) };
    }
    case "GapQuestion": {
      const { gaps } = question;
      if (texts?.length !== gaps.length || !gaps.every((gap) => gap.accepted)) return null;
      const values = gaps.map((gap, i) => [gap.id, texts[i]!]);
      const known = ({ choices }: Gap, text: string) => !choices || !text || has(choices, text);
      if (!gaps.every((gap, i) => known(gap, texts[i]!))) return null;
      const fills = ({ choices, accepted, caseSensitive }: Gap, text: string) =>
        choices ? accepted!.includes(text) : accepts(accepted!, text, caseSensitive);
      return { values, correct: gaps.every((gap, i) => fills(gap, texts[i]!)) };
    }
    default:
      return null;
  }
}

/** Returns the points: QTI's map_response, each distinct value once, held between the bounds. */
function score(question: Question, { values, correct }: Judged): number {
  const { mapping, points } = question;
  if (!mapping) return correct ? points : 0;
  const named = new Set<Entry>();
  const others = new Set<string>();
  for (const value of values.filter((one) => one.at(-1) !== "")) {
    const entry = mapping.entries.find((one) => names(one, value, question));
    if (entry) named.add(entry);
    else others.add(JSON.stringify(value));
  }
  const total = [...named].reduce((sum, one) => sum + one.points, others.size * mapping.default);
  return Math.min(Math.max(total, mapping.lower ?? -Infinity), mapping.upper ?? Infinity);
}

function names({ response, caseSensitive }: Entry, value: string[], question: Question): boolean {
  if (question.__typename === "NumericQuestion") return isNear(+response[0]!, +value[0]!, 0);
  const gaps = question.__typename === "GapQuestion" ? question.gaps : [];
  const inGap = gaps.some(({ id, choices }) => id === value[0] && !choices);
  if (!inGap && question.__typename !== "TextEntryQuestion") return same(response, value);
  const [ours, theirs] = [response, value].map((one) => fold(one.at(-1)!, caseSensitive));
  return ours === theirs && same(response.slice(0, -1), value.slice(0, -1));
}

/** Returns the feedback of a wrong choice, or of the only one, or else why the answer is right. */
function feedback(question: Question, values: string[][]): string | null {
  const gaps = question.__typename === "GapQuestion" ? question.gaps : [];
  const choice = question.__typename === "ChoiceQuestion" ? question : null;
  const shown = choice?.choices ?? gaps.flatMap((gap) => gap.choices ?? []);
  const right = choice?.correctIds ?? gaps.flatMap((gap) => gap.accepted ?? []);
  const picked = shown.filter(({ id }) => values.some((value) => value.at(-1) === id));
  const telling = picked.length === 1 ? picked : picked.filter(({ id }) => !right.includes(id));
  return telling.find((choice) => choice.feedback)?.feedback ?? question.explanation;
}

const BLANKS = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/**
 * Returns a typed text as it is compared: NFC, single blanks, and Unicode case folding, which is
 * not lower case: "Straße" is "STRASSE". Lower, upper, lower of each character folds all but ı.
 */
function fold(text: string, caseSensitive: boolean): string {
  const plain = text.normalize("NFC").split(BLANKS).filter(Boolean).join(" ");
  if (caseSensitive) return plain;
  const upper = [...plain].map((one) => (one === "ı" ? one : one.toLowerCase().toUpperCase()));
  return [...upper.join("")].map((one) => one.toLowerCase()).join("").normalize("NFC");
}

const accepts = (accepted: string[], text: string, caseSensitive: boolean) =>
  accepted.some((one) => fold(one, caseSensitive) === fold(text, caseSensitive));

/** Returns whether a number is within the tolerance, bound included; 4 ulp are rounding. */
function isNear(given: number, right: number, tolerance: number): boolean {
  const exponent = Math.floor(Math.log2(Math.max(Math.abs(given), Math.abs(right))));
  return Math.abs(given - right) <= tolerance + 4 * 2 ** (exponent - 52);
}

const has = (choices: Choice[], id?: string) => choices.some((choice) => choice.id === id);
const same = (a: string[], b: string[]) => JSON.stringify(a) === JSON.stringify(b);
const within = (a: string[][], b: string[][]) => a.every((one) => b.some((two) => same(one, two)));
const sameSet = (a: string[][], b: string[][]) => within(a, b) && within(b, a);

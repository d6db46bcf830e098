/** How many cases each property of the fuzzing is tried with, every time that the tests run. */

/** Of what strangers write: lines, event streams, messages, challenges. These alone are 100,000 and more. */
export const cases = {
  'lines cut anywhere': 8_000,
  'frames cut anywhere': 5_000,
  'frames of strangers': 5_000,
  'handshakes of strangers': 500,
  'lines lost with a core': 4_000,
  'event streams by the standard': 8_000,
  'event streams of any bytes': 6_000,
  'JSON in any spelling': 8_000,
  'JSON damaged': 10_000,
  'JSON of its own pieces': 10_000,
  'messages in any spelling': 8_000,
  'messages damaged': 12_000,
  'ids compared': 5_000,
  'answers of containers': 5_000,
  'lines through a session': 1_000,
  'challenges in any spelling': 8_000,
  'challenges damaged': 10_000,
  'members exchanged': 3_000,
  'headers of texts': 4_000,
  'headers of requests': 3_000,
  'headers of schemas': 3_000,
  'claims of an era': 4_000,
} as const;

/** For a longer look, at other cases each time: `FUZZ_TIMES=100 npx vitest run test/fuzz`. */
const times = Number(process.env['FUZZ_TIMES'] ?? 0);
/** Otherwise the same cases each time: what has passed once fails for a change alone. */
const seed = 20_261_121;

/** For a property, on a machine that has other things to do as well. */
export const patience = { timeout: 120_000 * Math.max(1, times) };

export const runsOf = (what: keyof typeof cases): { numRuns: number; seed?: number } =>
  times > 0 ? { numRuns: cases[what] * times } : { numRuns: cases[what], seed };

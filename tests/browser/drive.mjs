// Follows a JSON script from stdin in a headless Chromium, and prints what it saw (see README.md).
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";

import { check, perform } from "./steps.mjs";
import { Visit } from "./visit.mjs";

/** Seconds for everything, minutes for a machine with other work; a script may ask for less. */
const LIMIT = 600;

const result = { steps: [] };

async function follow(script) {
  const visit = await Visit.start(script);
  await visit.goto(script.url);
  result.steps.push({ step: 0, do: "open", seen: await visit.where() });
  for (const [index, step] of script.steps.entries()) {
    const seen = await perform(visit, step);
    result.steps.push({ step: index + 1, do: step.do, seen });
  }
  await visit.browser.close();
}

async function timeLimit(seconds) {
  await sleep(seconds * 1000);
  throw new Error(`not done within ${seconds} s, the time limit of the whole script`);
}

try {
  const script = await json(process.stdin);
  check(script);
  await Promise.race([follow(script), timeLimit(Math.min(script.seconds ?? LIMIT, LIMIT))]);
} catch (error) {
  result.failed = {
    step: result.steps.length,
    why: stripVTControlCharacters(error.message).trim(),
  };
}
// Chromium, if it still runs, ends with this process.
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(result.failed ? 1 : 0));

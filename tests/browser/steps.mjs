// The steps a script may have: what each takes, what it does, and what it tells.
import { axe } from "./axe.mjs";
import { focused, focusVisible, plain, tabTo, type } from "./focus.mjs";
import { noSidewaysScroll, targets } from "./layout.mjs";

const STEPS = {
  goto: [{ url: "string" }, async (visit, { url }) => (await visit.goto(url), visit.where())],
  axe: [{}, axe],
  key: [{ key: "string" }, (visit, { key }) => press(visit, key)],
  tab_to: [{ name: "string" }, async (visit, { name }) => ({ order: await tabTo(visit, name) })],
  keys: [
    { to: "string", key: "string" },
    async (visit, { to, key }) => ({ order: await tabTo(visit, to), ...(await press(visit, key)) }),
  ],
  type: [{ text: "string" }, async (visit, { text }) => ({ value: await type(visit, text) })],
  expect: [{ text: "string" }, (visit, { text }) => says(visit, text, true)],
  refuse: [{ text: "string" }, (visit, { text }) => says(visit, text, false)],
  status: [{ is: "number" }, status],
  no_sideways_scroll: [{}, noSidewaysScroll],
  focus_visible: [{}, focusVisible],
  targets: [{ least: "number" }, (visit, { least }) => targets(visit, least)],
  screenshot: [{ path: "string" }, screenshot],
  quiet: [{}, quiet],
};

const SCRIPT = {
  url: "string",
  width: "number",
  height: "number",
  javascript: "boolean",
  dark: "boolean",
  seconds: "number",
  steps: "object",
};

/** Says what is wrong with a script, before anything is started. */
export function check(script) {
  const { url, steps } = script ?? {};
  const whole = typeof url === "string" && Array.isArray(steps);
  if (!whole) throw new Error("a script is an object with a url and a list of steps");
  fields("the script", script, SCRIPT, ["url", "steps"]);
  steps.forEach((step, index) => {
    const where = `step ${index + 1}`;
    if (!Object.hasOwn(STEPS, step?.do)) throw new Error(`${where}: there is no step ${step?.do}`);
    const [takes] = STEPS[step.do];
    fields(`${where} (${step.do})`, step, { do: "string", ...takes }, Object.keys(takes));
  });
}

function fields(where, value, types, needed) {
  for (const [name, held] of Object.entries(value)) {
    if (!Object.hasOwn(types, name)) throw new Error(`${where} takes no ${name}`);
    if (typeof held !== types[name]) throw new Error(`${where}: ${name} is no ${types[name]}`);
  }
  const missing = needed.find((name) => !(name in value));
  if (missing) throw new Error(`${where} lacks ${missing}`);
}

/** Does one step; tells what was seen. */
export function perform(visit, step) {
  const [, run] = STEPS[step.do];
  return run(visit, step);
}

async function press(visit, key) {
  await visit.press(key);
  return { ...(await visit.where()), focused: (await focused(visit)).name };
}

async function says(visit, text, wanted) {
  const all = plain(await visit.page.locator("body").innerText());
  if (all.includes(plain(text)) === wanted) return undefined;
  throw new Error(`the page ${wanted ? "does not say" : "says"} "${text}". It reads: ${all}`);
}

async function status(visit, { is }) {
  const { url, status } = await visit.where();
  if (status !== is) throw new Error(`the status of ${url} is ${status}, not ${is}`);
  return { status };
}

async function screenshot(visit, { path }) {
  await visit.page.screenshot({ path, fullPage: true });
  return { path };
}

function quiet(visit) {
  const noise = visit.noise();
  if (noise.length > 0) throw new Error(noise.join("; "));
  return undefined;
}

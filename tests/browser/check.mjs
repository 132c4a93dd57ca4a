// Has the driver visit the sample pages: it must find the fault of each, and none in the good ones.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

import { serve } from "./samples.mjs";

const DRIVER = fileURLToPath(new URL("drive.mjs", import.meta.url));
const AXE = { do: "axe" };
const TO_NAME = { do: "tab_to", name: "Your name" };
const OUTLINE = [TO_NAME, { do: "focus_visible" }];
const ANSWER = [
  { do: "type", text: "Ann Bee" },
  { do: "keys", to: "I am on it", key: "Enter" },
];

const scratch = await mkdtemp(join(tmpdir(), "browser-check-"));
const picture = join(scratch, "page.png");
const looks = [
  AXE,
  { do: "no_sideways_scroll" },
  { do: "targets", least: 24 },
  { do: "screenshot", path: picture },
  { do: "quiet" },
];
const story = [
  { do: "status", is: 200 },
  ...looks,
  ...OUTLINE,
  ...ANSWER,
  { do: "status", is: 422 },
  { do: "expect", text: "Thank you,  name=Ann+Bee." },
  { do: "refuse", text: "expired" },
  ...looks,
  { do: "goto", url: "/good" },
  { do: "keys", to: "go up", key: "Enter" },
  { do: "status", is: 200 },
  { do: "tab_to", name: "The old link" },
  { do: "key", key: "Enter" },
  { do: "status", is: 410 },
  { do: "expect", text: "expired" },
  { do: "quiet" },
];

const cases = [
  passes("/good", story),
  passes("/good", story, { dark: true, width: 1280, height: 800 }),
  passes("/script", [{ do: "expect", text: "Still here" }, AXE]),
  passes("/script", [{ do: "refuse", text: "Still here" }, AXE], { javascript: true }),
  fails("/label", [AXE], 1, /^label \(critical\).*<input name="name">/),
  fails("/contrast", [AXE], 1, /^color-contrast .*Hard to read/),
  fails("/good?bad", [AXE, TO_NAME, ...ANSWER, AXE], 5, /^image-alt /),
  fails("/wide", [looks[1]], 1, /^the page is 5\d\d px wide in 360 px: .*Too wide/),
  fails("/no-viewport", [looks[1]], 1, /no meta viewport/),
  fails("/tiny", [looks[2]], 1, /^smaller than 24 px: <button>[^|]*$/),
  fails("/missing", [{ do: "status", is: 404 }, story[0]], 2, /is 404, not 200$/),
  fails("/no-outline", OUTLINE, 2, /no outline/),
  fails("/faint-outline", OUTLINE, 2, /contrast is 1\./),
  fails("/cut-outline", OUTLINE, 2, /hidden/),
  fails("/good", [{ do: "focus_visible" }], 1, /^nothing has the focus$/),
  fails("/good", [{ do: "tab_to", name: "Send" }], 1, /^60 Tabs .*: Your name, I am on it, /),
  fails("/good", [ANSWER[0]], 1, /takes no text$/),
  fails("/good", [{ do: "expect", text: "Thank you" }], 1, /does not say "Thank you".*on it/),
  fails("/good", [{ do: "refuse", text: "I am on it" }], 1, /says "I am on it"/),
  fails("/loud", [{ do: "quiet" }], 1, /request for http:\/\/elsewhere\.invalid\/x\.png/),
  fails("/refused-style", [{ do: "quiet" }], 1, /error in the console: .*Content Security/),
  fails("/hangs", [], 0, /^not done within 3 s/, { seconds: 3 }),
  fails("/good", [{ do: "dance" }], 0, /^step 1: there is no step dance$/),
  fails("/good", [{ do: "expect" }], 0, /^step 1 \(expect\) lacks text$/),
];

function passes(path, steps, settings = {}) {
  const held = ({ code, result }) =>
    code === 0 && !result.failed && result.steps.length > steps.length;
  return { path, script: { ...settings, steps }, held };
}

function fails(path, steps, step, why, settings = {}) {
  const held = ({ code, result: { failed } }) =>
    code === 1 && failed?.step === step && why.test(failed.why);
  return { path, script: { ...settings, steps }, held };
}

async function drive(script) {
  const child = spawn(process.execPath, [DRIVER], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify(script));
  const [result, [code]] = await Promise.all([json(child.stdout), once(child, "exit")]);
  return { code, result };
}

const samples = await serve();
try {
  for (const { path, script, held } of cases) {
    samples.posts = 0;
    const answer = await drive({ url: samples.origin + path, ...script });
    const told = () => `${path}, ${JSON.stringify(script)}: ${JSON.stringify(answer, null, 2)}`;
    if (!held(answer)) throw new Error(`not what it should find: ${told()}`);
    if (samples.posts > 1) throw new Error(`the form was sent ${samples.posts} times: ${told()}`);
  }
  if ((await stat(picture)).size === 0) throw new Error("the screenshot is empty");
  process.stdout.write(`tests/browser: ${cases.length} scripts found what they should\n`);
} finally {
  samples.close();
  await rm(scratch, { recursive: true });
}

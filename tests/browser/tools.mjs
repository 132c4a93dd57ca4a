// What tests/browser/install has put in place: Chromium, Playwright and axe.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";

const require = createRequire(new URL("../../.local/browser/", import.meta.url));

function installed(find) {
  try {
    return find();
  } catch (error) {
    throw new Error("the packages are missing: run tests/browser/install", { cause: error });
  }
}

export function playwright() {
  return installed(() => require("playwright-core"));
}

export function axeSource() {
  return readFileSync(
    installed(() => require.resolve("axe-core/axe.min.js")),
    "utf8",
  );
}

/** The path of the Chromium to start: the one that CHROMIUM names, or the first on PATH. */
export function chromiumPath() {
  const named = process.env.CHROMIUM || "chromium";
  const folders = named.includes("/") ? [""] : (process.env.PATH ?? "").split(delimiter);
  const found = folders.map((folder) => join(folder, named)).find((path) => existsSync(path));
  if (!found) throw new Error(`${named} is not there: run tests/browser/install`);
  return found;
}

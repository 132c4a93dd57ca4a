// A visit to Muster's pages: one Chromium with one tab, and a record of what the tab asked for.
import { setTimeout as sleep } from "node:timers/promises";

import { chromiumPath, playwright } from "./tools.mjs";

/** Schemes that reach no server. */
const LOCAL = ["about:", "blob:", "data:"];

export class Visit {
  /** Starts Chromium with an empty tab. */
  static async start({ width = 360, height = 740, javascript = false, dark = false }) {
    const visit = new Visit();
    visit.javascript = javascript;
    visit.looks = { viewport: { width, height }, colorScheme: dark ? "dark" : "light" };
    visit.browser = await playwright().chromium.launch({
      executablePath: chromiumPath(),
      // CI runs as root, for whom Chromium's sandbox does not start. It opens no pages but our own.
      args: ["--no-sandbox"],
    });
    visit.page = await visit.tab({ javaScriptEnabled: javascript });
    visit.devtools = await visit.page.context().newCDPSession(visit.page);
    await visit.#watch();
    return visit;
  }

  /** A tab of its own, which shares nothing with the others. */
  async tab(options) {
    const context = await this.browser.newContext({ ...this.looks, ...options });
    // The time limit of the whole script is the only one.
    context.setDefaultTimeout(0);
    return context.newPage();
  }

  async goto(url) {
    const target = new URL(url, this.page.url() === "about:blank" ? undefined : this.page.url());
    this.#named.add(target.origin);
    await this.page.goto(target.href);
  }

  /** Presses a key, and waits for the page that it leads to, if it leads to one. */
  async press(key) {
    await this.page.keyboard.press(key);
    // The page tells what the key has set off before it answers this, so no guess at a delay is needed.
    await this.devtools.send("Runtime.evaluate", { expression: "0" }).catch(() => {});
    while (this.#leaving) await sleep(10);
  }

  /** Where the tab is, and how the server answered. */
  where() {
    return this.page.evaluate(() => ({
      url: location.href,
      status: performance.getEntriesByType("navigation")[0]?.responseStatus,
      title: document.title,
    }));
  }

  /** What a page that minds its own business does not do. */
  noise() {
    const foreign = this.#requests.filter(
      (url) => !LOCAL.includes(url.protocol) && !this.#named.has(url.origin),
    );
    return [...foreign.map((url) => `a request for ${url.href}`), ...this.#errors];
  }

  /** Origins that the script itself names. */
  #named = new Set();
  #requests = [];
  #errors = [];
  #leaving = false;

  async #watch() {
    const { page, devtools } = this;
    const documents = new Set();
    page.on("request", (request) => {
      this.#requests.push(new URL(request.url()));
      if (request.isNavigationRequest()) documents.add(request.url());
    });
    page.on("console", (message) => {
      // Chromium calls a page with a status of 400 or more an error; judging that is for the step `status`.
      const status = message.text().startsWith("Failed to load resource: the server responded");
      if (message.type() !== "error" || (status && documents.has(message.location().url))) return;
      this.#errors.push(`an error in the console: ${message.text()}`);
    });
    page.on("pageerror", (error) => this.#errors.push(`an error in a script: ${error.message}`));
    const { frameTree } = await devtools.send("Page.getFrameTree");
    const main = frameTree.frame.id;
    devtools.on("Page.frameRequestedNavigation", ({ frameId, disposition }) => {
      if (frameId === main && disposition === "currentTab") this.#leaving = true;
    });
    devtools.on("Page.frameStoppedLoading", ({ frameId }) => {
      if (frameId === main) this.#leaving = false;
    });
    await devtools.send("Page.enable");
  }
}

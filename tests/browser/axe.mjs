// Judges the page as it stands by axe's rules for WCAG 2.2 AA and its best practices.
import { axeSource } from "./tools.mjs";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Fails with every violation; tells how many rules held and which axe could not decide. */
export async function axe(visit) {
  const page = visit.javascript ? visit.page : await copy(visit);
  // As an expression of the debugger's, which no content security policy stops.
  await page.evaluate(`${axeSource()};0`);
  const found = await page.evaluate((tags) => globalThis.axe.run({ runOnly: tags }), TAGS);
  if (page !== visit.page) await page.context().close();
  if (found.violations.length > 0) throw new Error(found.violations.map(told).join("; "));
  if (found.passes.length === 0) throw new Error("axe found nothing to judge");
  return { rules: found.passes.length, undecided: found.incomplete.map(({ id }) => id) };
}

/** axe needs timers, which a page without scripts lacks, so it judges a copy that has them. */
async function copy(visit) {
  const html = await visit.page.content();
  const page = await visit.tab({});
  // The page may be the answer to a POST: only its style sheets and images are asked for again.
  await page.route("**", (route) => {
    const request = route.request();
    const whole = request.isNavigationRequest() && request.frame() === page.mainFrame();
    if (!whole) return route.continue();
    return route.fulfill({
      contentType: "text/html; charset=utf-8",
      // The page's own scripts, if any, stay as off as they were.
      headers: { "content-security-policy": "script-src 'none'" },
      body: html,
    });
  });
  await page.goto(visit.page.url());
  return page;
}

function told({ id, impact, help, nodes }) {
  const html = nodes.map((node) => node.html).join(" | ");
  return `${id} (${impact}): ${help}: ${html}`;
}

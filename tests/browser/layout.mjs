// Whether the page fits a narrow screen, and whether its controls are large enough to hit.

/** Fails if the page is wider than the screen, or would be on a phone. */
export async function noSidewaysScroll({ page }) {
  const seen = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.scrollingElement;
    const wide = [...document.querySelectorAll("body *")].filter(
      (element) => element.getBoundingClientRect().right > clientWidth + 0.5,
    );
    const viewport = document.querySelector("meta[name=viewport]")?.content ?? "";
    const cause = wide.map((element) => element.outerHTML.slice(0, 120)).slice(-3);
    return { scrollWidth, clientWidth, viewport, cause };
  });
  if (seen.scrollWidth > seen.clientWidth) {
    const cause = seen.cause.join(" | ");
    throw new Error(`the page is ${seen.scrollWidth} px wide in ${seen.clientWidth} px: ${cause}`);
  }
  if (!/width\s*=\s*device-width/.test(seen.viewport)) {
    throw new Error(
      "a phone would lay the page out 980 px wide: it has no meta viewport of device-width",
    );
  }
  return { scrollWidth: seen.scrollWidth, clientWidth: seen.clientWidth };
}

/** Fails if a control is smaller than this, in px: WCAG 2.5.8, without its leave for spacing. */
export async function targets({ page }, least) {
  const { count, small } = await page.evaluate(measure, least);
  if (small.length > 0) throw new Error(`smaller than ${least} px: ${small.join(" | ")}`);
  return { targets: count };
}

/** Runs in the page. */
function measure(least) {
  const controls = "a[href], button, input, select, textarea, summary, [role=button], [role=link]";
  const box = (element) => element.getBoundingClientRect();
  const fits = (element) => box(element).width >= least && box(element).height >= least;
  // A link to skip to the content waits above or left of the page until it has the focus.
  const there = (element) =>
    element.checkVisibility({ visibilityProperty: true }) &&
    box(element).right + scrollX > 0 &&
    box(element).bottom + scrollY > 0;
  const inline = (element) => getComputedStyle(element).display === "inline";
  // The height of a link within a sentence follows from the line's: WCAG leaves it out.
  const inSentence = (element) => {
    if (!element.matches("a") || !inline(element)) return false;
    let block = element.parentElement;
    while (inline(block)) block = block.parentElement;
    const words = block.cloneNode(true);
    words.querySelectorAll(controls).forEach((control) => control.remove());
    return /[\p{L}\p{N}]/u.test(words.textContent);
  };
  const found = [...document.querySelectorAll(controls)].filter(there);
  const small = found
    // A click on a label is one on its control.
    .filter((element) => ![element, ...(element.labels ?? [])].some(fits) && !inSentence(element))
    .map((element) => {
      const { width, height } = box(element);
      return `${element.outerHTML.slice(0, 120)} (${width.toFixed(1)} x ${height.toFixed(1)})`;
    });
  return { count: found.length, small };
}

// The keyboard's focus: what has it, how Tab moves it, and whether it can be seen.

/** More than any of our pages has. */
const TABS = 60;

/** The focused element's role and name, as Chromium tells them to a screen reader. */
export async function focused({ devtools }) {
  const { result } = await devtools.send("Runtime.evaluate", {
    expression: "document.activeElement",
  });
  const { nodes } = await devtools.send("Accessibility.getPartialAXTree", {
    objectId: result.objectId,
    fetchRelatives: false,
  });
  if (result.className === "HTMLBodyElement") return { role: "page", name: "" };
  return { role: nodes[0].role?.value ?? "", name: plain(nodes[0].name?.value ?? "") };
}

/** Presses Tab until an element of this name has the focus; tells the names on the way. */
export async function tabTo(visit, name) {
  const order = [];
  while (order.length < TABS) {
    await visit.press("Tab");
    const found = await focused(visit);
    order.push(found.name || `(${found.role} without a name)`);
    if (found.name === plain(name)) return order;
  }
  const names = [...new Set(order)].join(", ");
  throw new Error(`${TABS} Tabs reach nothing named "${name}", but: ${names}`);
}

/** Types into the focused element; tells what it then holds. */
export async function type(visit, text) {
  const fits = "input, textarea, select, [contenteditable]";
  if (!(await visit.page.evaluate((fits) => document.activeElement.matches(fits), fits))) {
    const { role, name } = await focused(visit);
    throw new Error(`the focus is on ${role} "${name}", which takes no text`);
  }
  await visit.page.keyboard.type(text);
  return visit.page.evaluate(
    () => document.activeElement.value ?? document.activeElement.innerText,
  );
}

/** Tells the focused element's outline; fails if it has none that can be seen. */
export async function focusVisible(visit) {
  const { role, name } = await focused(visit);
  if (role === "page") throw new Error("nothing has the focus");
  const seen = await visit.page.evaluate(outline);
  const what = `${role} "${name}", outline ${seen.outline}`;
  if (!seen.drawn) throw new Error(`the focus shows no outline: ${what}`);
  // WCAG 1.4.11 asks for 3:1. Chromium's own outline (`auto`) has two tones, one of which always
  // stands out.
  if (seen.contrast < 3) throw new Error(`the outline's contrast is ${seen.contrast}:1: ${what}`);
  if (!(await changesPicture(visit.page))) {
    throw new Error(`the outline is hidden or out of sight: ${what}`);
  }
  return { role, name, outline: seen.outline, contrast: seen.contrast };
}

/** Whether the screen looks different without the outline. */
async function changesPicture(page) {
  const picture = () => page.screenshot({ animations: "disabled" });
  const shown = await picture();
  const style = await page.evaluate(() => {
    const before = document.activeElement.getAttribute("style");
    document.activeElement.style.setProperty("outline", "none", "important");
    return before;
  });
  const without = await picture();
  await page.evaluate((style) => {
    if (style === null) document.activeElement.removeAttribute("style");
    else document.activeElement.setAttribute("style", style);
  }, style);
  return !shown.equals(without);
}

/** Runs in the page. */
function outline() {
  const element = document.activeElement;
  const style = getComputedStyle(element);
  const pixel = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const light = (colours) => {
    for (const colour of colours) {
      pixel.fillStyle = colour;
      pixel.fillRect(0, 0, 1, 1);
    }
    // Relative luminance, as WCAG 2 defines it.
    const [red, green, blue] = [...pixel.getImageData(0, 0, 1, 1).data].map((byte) =>
      byte <= 10 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = [];
  const inside = parseFloat(style.outlineOffset) < 0;
  for (let at = inside ? element : element.parentElement; at; at = at.parentElement) {
    behind.unshift(getComputedStyle(at).backgroundColor);
  }
  // Below everything, Chromium's own white or black.
  const dark = getComputedStyle(document.documentElement).colorScheme.includes("dark");
  behind.unshift(dark && matchMedia("(prefers-color-scheme: dark)").matches ? "#121212" : "#fff");
  const lights = [light(behind), light([...behind, style.outlineColor])];
  const contrast = (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
  return {
    outline: `${style.outlineStyle} ${style.outlineWidth} ${style.outlineColor}`,
    drawn: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
    contrast: style.outlineStyle === "auto" ? undefined : Math.floor(contrast * 100) / 100,
  };
}

/** Text with each run of white space as one space. */
export function plain(text) {
  return text.replace(/\s+/g, " ").trim();
}

"""What WCAG 2.2 AA asks of a page and a program can tell: axe's rules, and four that axe cannot see.

A page is opened once; window and color scheme change under it, as they may for readers.
"""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = (Path(__file__).parent.parent / "web" / "vendor" / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OF_COLORS = ["color-contrast", "link-in-text-block"]  # the rules for which the color scheme matters
WINDOWS = ((1440, 900), (360, 740))  # the second is also 200 % of a window twice as wide (1.4.10)

# A label of 24 px around a box is the box's target too (2.5.8), which axe does not know.
RUN = """only => axe.run(document, {runOnly: only, elementRef: true, iframes: false, preload: false})
  .then(done => done.violations.flatMap(rule => rule.nodes.filter(({ element }) => {
    const label = rule.id === "target-size" && element.closest("label");
    return !label || label.getBoundingClientRect().height < 24;
  }).map(node => `${rule.id}: ${node.html.slice(0, 160)}`)))"""
TOO_WIDE = "() => document.documentElement.scrollWidth > innerWidth"
# 1.4.12: the spacing that readers may set; no text may be cut off by it. Titles of unusual length are cut in lists.
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important; }
    * { word-spacing: .16em !important; } p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets = [sheet];
  const cut = [...document.querySelectorAll("body *")].filter(one => {
    const style = getComputedStyle(one);
    const meant = style.webkitLineClamp !== "none" || style.textOverflow === "ellipsis" || style.clipPath !== "none";
    const hides = style.overflowY === "hidden" && one.scrollHeight > one.clientHeight + 2;
    return hides && !meant && one.checkVisibility() && one.textContent.trim();
  }).map(one => `cut off with wider spacing: ${one.outerHTML.slice(0, 160)}`);
  if (document.documentElement.scrollWidth > innerWidth) cut.push("scrolls sideways with wider spacing");
  document.adoptedStyleSheets = [];
  return cut;
}"""
# 2.4.3: the Tab key never goes back up, unless to a column further right or to another part that scrolls by itself.
AGAINST_SIGHT = """() => {
  const within = one => { for (let at = one.parentElement; at; at = at.parentElement) {
    const style = getComputedStyle(at);
    if (style.position === "sticky" || style.position === "fixed") return null;
    if (["auto", "scroll"].includes(style.overflowY) && at !== document.body) return at;
  } return document.body; };
  const reached = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const stops = [...document.querySelectorAll(reached)]
    .filter(one => one.checkVisibility() && !one.closest("[inert], .trap, .skip, [tabindex='-1']:not(main)"))
    .map(one => ({ one, room: within(one), box: one.getBoundingClientRect() }))
    .filter(({ room, box }) => room && box.width);
  return stops.flatMap(({ one, room, box }, place) => {
    const before = stops[place - 1];
    const back = before && before.room === room && box.bottom < before.box.top && box.left < before.box.right;
    return back ? [`against sight: ${before.one.outerHTML.slice(0, 80)} then ${one.outerHTML.slice(0, 80)}`] : [];
  });
}"""


def problems(page: Page) -> list[str]:
    """What is wrong with the page that is open, wide and narrow, light and dark; empty if nothing is."""
    found: list[str] = []
    page.evaluate(AXE)
    for width, height in WINDOWS:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="light")
        said: list[Any] = page.evaluate(RUN, {"type": "tag", "values": TAGS})
        page.emulate_media(color_scheme="dark")
        said += page.evaluate(RUN, {"type": "rule", "values": OF_COLORS})
        said += page.evaluate(AGAINST_SIGHT)
        said += ["scrolls sideways"] if page.evaluate(TOO_WIDE) else []
        found += [f"{width} px: {line}" for line in said]
    found += page.evaluate(SPACED)
    page.emulate_media(color_scheme="light")
    return found

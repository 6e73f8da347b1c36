// What holds for every page, whatever is on it.
import type { Page } from 'playwright-core';

/** The laws that the page breaks, in words; none is the aim. `focus` is what should have the keyboard, as a selector. */
export async function findBrokenLaws(page: Page, focus?: string): Promise<string[]> {
  // Browsers give the focus a frame after the page is there.
  if (focus && focus !== 'body') await page.waitForSelector(`${focus}:focus`, { timeout: 2000 }).catch(() => {});
  return page.locator(':root').evaluate((root, focused) => {
    const broken: string[] = [];
    const document = root.ownerDocument;
    if (root.scrollWidth > root.clientWidth) broken.push(`overflows: ${root.scrollWidth} px in ${root.clientWidth}`);
    if (document.querySelectorAll('h1').length !== 1) broken.push(`has ${document.querySelectorAll('h1').length} h1`);
    if (!document.title || !root.lang) broken.push('has no title or no language');
    for (const control of document.querySelectorAll('a, button, summary, select, input:not([type=hidden])')) {
      if (!control.checkVisibility()) continue;
      const { width, height } = control.getBoundingClientRect();
      if (width < 24 || height < 24) broken.push(`small target, ${width} × ${height}: ${control.outerHTML.slice(0, 80)}`);
    }
    if (focused && !document.activeElement?.matches(focused)) broken.push(`focus is on ${document.activeElement?.outerHTML.slice(0, 80)}`);
    return broken;
  }, focus);
}

/** The words of what `selector` finds that stand on more than one line: a word that would fit into a line is never broken. */
export async function findBrokenWords(page: Page, selector: string): Promise<string[]> {
  return page.locator(selector).evaluateAll((elements) =>
    elements.flatMap((element) => {
      const { ownerDocument: document } = element;
      const texts = document.createTreeWalker(element, 4); // text nodes
      const broken: string[] = [];
      while (texts.nextNode()) {
        for (const { 0: word, index } of (texts.currentNode.textContent ?? '').matchAll(/[^\s-]+/g)) {
          const range = document.createRange();
          range.setStart(texts.currentNode, index);
          range.setEnd(texts.currentNode, index + word.length);
          if (new Set([...range.getClientRects()].map(({ top }) => top)).size > 1)
            broken.push(`${word} in ${element.outerHTML.slice(0, 80)}`);
        }
      }
      return broken;
    }),
  );
}

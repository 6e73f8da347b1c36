// What people do in a real browser, in one verb each; every verb ends when the next page is there.
import type { Page } from 'playwright-core';
import type { Program } from './program.ts';

export type Visitor = ReturnType<typeof createVisitor>;

let count = 0;

/** Somebody new at this page, or somebody known at another. */
export function createVisitor(program: Program, page: Page, known?: { email: string; phone: string }) {
  count += 1;
  const { email, phone } = known ?? { email: `visitor${count}@example.com`, phone: `+447400${200_000 + count}` };

  async function press(name: string, next: RegExp): Promise<void> {
    await page.getByRole('button', { name, exact: true }).click();
    await page.waitForURL(next);
  }

  async function typeCode(code: string, next: RegExp): Promise<void> {
    await page.fill('#code', code);
    await press('Continue', next);
  }

  const visitor = {
    email,
    phone,
    press,
    typeCode,
    async typeEmail(address = email): Promise<void> {
      await page.fill('#email', address);
      await press('Email me a code', /\/code$/);
    },
    async typePhone(number = phone): Promise<void> {
      await page.fill('#phone', number);
      await press('Text me a code', /\/code$/);
    },
    /** Through email and phone to the consent page. */
    async prove(): Promise<void> {
      await visitor.typeEmail();
      await typeCode(await program.codeFor(email), /\/phone$/);
      await visitor.typePhone();
      await typeCode(await program.codeFor(phone), /\/consent$/);
    },
  };
  return visitor;
}

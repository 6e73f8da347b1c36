// "This phone number is already used": never signed in by it, nothing released; three ways on.
import type { Middleware } from 'koa';
import { formatPhone } from '../../domain/identifiers/phone.ts';
import { isPhoneRequired } from '../../domain/sign-in/steps.ts';
import type { Renderer } from '../render.ts';
import type { Visits } from './visit.ts';

export function createNumberUsedPage({ visits, renderer }: { visits: Visits; renderer: Renderer }): { show: Middleware } {
  const show = visits.onStep(
    ({ step }) => step === 'number-used',
    ({ ctx, setting, signIn }) =>
      renderer.render(ctx, 'sign-in/number-used', {
        setting,
        phone: formatPhone(signIn.numberUsed?.address ?? ''),
        optional: !isPhoneRequired(signIn.needs),
        cancel: true,
      }),
  );
  return { show };
}

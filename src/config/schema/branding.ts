// What people see of the operator.
import { z } from 'zod';
import { group, setting } from './setting.ts';

const link = z.url({ protocol: /^(https?|mailto)$/ }).optional();

export const branding = group({
  name: setting(z.string().min(1).max(40).default('Latchkey'), 'The name on pages and messages.'),
  logo: setting(z.string().min(1).optional(), 'A file (SVG, PNG or WebP) shown beside the name.', { path: true }),
  supportUrl: setting(link, 'Where people find help (https or mailto).'),
  privacyUrl: setting(link, 'The privacy notice.'),
  termsUrl: setting(link, 'The terms.'),
  defaultLocale: setting(
    z.string().min(2).default('en'),
    'The language when neither the client nor the browser asks for one that is there.',
  ),
});

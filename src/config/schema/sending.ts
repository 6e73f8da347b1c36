// How often messages leave, where they may go, and who carries them.
import { z } from 'zod';
import { count, flag, group, seconds, setting, url } from './setting.ts';

export const sending = group({
  gapsSeconds: setting(
    z.array(z.int().positive()).min(1).default([30, 60, 120, 300]),
    'Pauses between sends to one destination; the last one repeats.',
  ),
  gapsResetSeconds: seconds(3600, 'A pause after which the gaps start anew.'),
  emailPerHour: count(10, 'Emails per destination and lane within an hour; plus-tags of one mailbox share it.'),
  emailPerDay: count(30, 'Emails per destination and lane within a day.'),
  smsPerHour: count(5, 'Texts per destination and lane within an hour.'),
  smsPerDay: count(10, 'Texts per destination and lane within a day.'),
  smsPerEmailHour: count(
    8,
    'Texts within an hour that one proven mailbox (with all its plus-tags) may have sent to numbers, whichever they are.',
  ),
  smsPerEmailDay: count(15, 'The same within a day.'),
  smsPerDayInAll: count(
    5000,
    'Such texts of the whole deployment within a day (UTC); those that a known browser of the number’s owner asks for are not counted.',
  ),
});

const country = z.string().regex(/^[A-Z]{2}$/, 'must be ISO 3166-1 alpha-2, like GB');

export const phone = group({
  countries: setting(
    z.union([z.literal('all'), z.array(country).min(1)], 'must be "all" or a list of ISO 3166-1 alpha-2 codes, like ["GB"]').default('all'),
    'Countries whose numbers may be texted: ISO 3166-1 alpha-2 codes, or "all".',
  ),
  defaultCountry: setting(country.default('GB'), 'The country that is preselected when the browser gives no hint.'),
  allowVoip: flag(false, 'Whether VoIP numbers may be texted.'),
  staleDays: count(90, 'A number not proven for this many days does not open its account alone (it may have a new owner).'),
});

export const delivery = group({
  email: setting(
    z.enum(['smtp', 'outbox']).optional(),
    'How emails leave. If left out: `smtp` where `delivery.smtpUrl` is set, else `outbox`, which keeps them for development. Production needs `smtp`.',
  ),
  sms: setting(
    z.enum(['twilio', 'outbox', 'none']).optional(),
    'How texts leave. If left out: `twilio` where its credentials are set, else `outbox` in development and `none` in production. With `none` no text can be sent: phone numbers can be neither proven nor used to sign in.',
  ),
  timeoutSeconds: seconds(10, 'How long a vendor may take to answer; later counts as unknown and is never sent again.'),
  outboxSize: count(1000, 'Messages that the development outbox keeps.'),
  smtpUrl: setting(
    url(/^smtps?:$/, 'must be a URL that starts with smtp:// or smtps://').optional(),
    'The mail server, with user and password if it wants them.',
    {
      env: 'SMTP_URL',
      secret: true,
    },
  ),
  from: setting(z.string().min(3).default('Latchkey <no-reply@localhost>'), 'The sender of emails.', { env: 'MAIL_FROM' }),
  twilioAccountSid: setting(z.string().min(1).optional(), "Twilio's account.", { env: 'TWILIO_ACCOUNT_SID' }),
  twilioAuthToken: setting(z.string().min(1).optional(), "Twilio's token.", { env: 'TWILIO_AUTH_TOKEN', secret: true }),
  twilioFrom: setting(z.string().min(1).optional(), 'The number that texts come from.', { env: 'TWILIO_FROM' }),
  twilioMessagingServiceSid: setting(
    z.string().min(1).optional(),
    'The messaging service that picks the number, instead of `twilioFrom`.',
    {
      env: 'TWILIO_MESSAGING_SERVICE_SID',
    },
  ),
  twilioApiUrl: setting(z.url({ protocol: /^https?$/ }).optional(), "Another base URL for Twilio's REST calls.", { env: 'TWILIO_API_URL' }),
});

// Which vendor carries emails and texts, and whether it has what it needs.
import type { Broken } from './problems.ts';
import type { Configured, Mode, Settings } from './schema/index.ts';

type Delivery = Configured['delivery'];

/** Named vendors stand; otherwise credentials choose, and without any the outbox is for everything but production. */
export function chooseVendors(delivery: Delivery, mode: Mode): Pick<Settings['delivery'], 'email' | 'sms'> {
  return {
    email: delivery.email ?? (delivery.smtpUrl ? 'smtp' : 'outbox'),
    sms: delivery.sms ?? (delivery.twilioAccountSid ? 'twilio' : mode === 'production' ? 'none' : 'outbox'),
  };
}

export function checkVendors(delivery: Delivery, mode: Mode): Broken[] {
  const { email, sms } = chooseVendors(delivery, mode);
  const broken = checkTwilio(delivery, sms);
  if (email === 'smtp' && !delivery.smtpUrl) broken.push(['delivery.smtpUrl', 'is required where delivery.email is smtp']);
  if (mode === 'production' && email === 'outbox')
    broken.push(
      delivery.email
        ? ['delivery.email', 'the outbox shows codes to whoever asks; production needs smtp']
        : ['delivery.smtpUrl', 'is required in production'],
    );
  if (mode === 'production' && sms === 'outbox')
    broken.push(['delivery.sms', 'the outbox shows codes to whoever asks; production needs twilio or none']);
  return broken;
}

/** Complete or absent: half a set of credentials would only fail at somebody's first code. */
function checkTwilio(delivery: Delivery, sms: string): Broken[] {
  const { twilioAccountSid, twilioAuthToken, twilioFrom, twilioMessagingServiceSid, twilioApiUrl } = delivery;
  const given = [twilioAccountSid, twilioAuthToken, twilioFrom, twilioMessagingServiceSid, twilioApiUrl].some(Boolean);
  if (!given && sms !== 'twilio') return [];
  const broken: Broken[] = [];
  if (!twilioAccountSid) broken.push(['delivery.twilioAccountSid', 'is required for Twilio']);
  if (!twilioAuthToken) broken.push(['delivery.twilioAuthToken', 'is required for Twilio']);
  if (!twilioFrom && !twilioMessagingServiceSid)
    broken.push(['delivery.twilioFrom', 'is required for Twilio, unless there is delivery.twilioMessagingServiceSid']);
  if (twilioFrom && twilioMessagingServiceSid)
    broken.push(['delivery.twilioFrom', 'and delivery.twilioMessagingServiceSid exclude each other; keep one']);
  return broken;
}

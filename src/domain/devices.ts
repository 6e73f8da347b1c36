// Which accounts a browser has signed in to before: the known lane. The device cookie carries a random id and, for each
// account, a tag that only we can make, so it names nobody and can't be forged for somebody else's account.
import { randomBytes } from 'node:crypto';
import type { Keys } from '../keys/keys.ts';

export type Device = { id: string; tags: readonly string[] };

const maxAccounts = 8;
const tagLength = 22;
const shape = /^[\w-]{22}(\.[\w-]{22}){0,8}$/;

export function createDevices(keys: Keys) {
  const tagOf = (device: Device, account: string) => keys.derive('device', device.id, account).slice(0, tagLength);

  return {
    /** Reads a device cookie; whatever is not one makes a new device. */
    read(cookie: string | undefined): Device {
      if (!cookie || !shape.test(cookie)) return { id: randomBytes(16).toString('base64url'), tags: [] };
      const [id = '', ...tags] = cookie.split('.');
      return { id, tags };
    },
    write: (device: Device) => [device.id, ...device.tags].join('.'),
    knows(device: Device, account: string): boolean {
      const tag = tagOf(device, account);
      return device.tags.some((known) => keys.equals(known, tag));
    },
    /** The newest account stands first; beyond eight the oldest is forgotten. */
    remember(device: Device, account: string): Device {
      const tag = tagOf(device, account);
      return { id: device.id, tags: [tag, ...device.tags.filter((known) => known !== tag)].slice(0, maxAccounts) };
    },
  };
}

export type Devices = ReturnType<typeof createDevices>;

// A name server for tests (RFC 1035): answers TXT and MX questions from a list, and that there is no such name otherwise.
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';

export type Zone = Record<string, { txt?: string[]; mx?: string[]; a?: string[] }>;

const types = { a: 1, mx: 15, txt: 16 } as const;

const encodeName = (name: string): Buffer =>
  Buffer.concat([
    ...name
      .split('.')
      .filter(Boolean)
      .map((label) => Buffer.from([label.length, ...Buffer.from(label)])),
    Buffer.from([0]),
  ]);

function readName(packet: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = [];
  let at = start;
  for (let length = packet[at] ?? 0; length > 0; length = packet[at] ?? 0) {
    labels.push(packet.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
}

const encodings: Record<keyof typeof types, (value: string) => Buffer> = {
  a: (value) => Buffer.from(value.split('.').map(Number)),
  mx: (value) => Buffer.concat([Buffer.from([0, 10]), encodeName(value)]),
  // In pieces of at most 255 bytes.
  txt: (value) => Buffer.concat((value.match(/.{1,200}/g) ?? ['']).map((piece) => Buffer.from([piece.length, ...Buffer.from(piece)]))),
};

function answer(packet: Buffer, zone: Zone): Buffer {
  const { name, end } = readName(packet, 12);
  const type = packet.readUInt16BE(end);
  const known = zone[name];
  const kind = (Object.keys(types) as (keyof typeof types)[]).find((each) => types[each] === type);
  const records = (kind && known?.[kind]) ?? [];
  const header = Buffer.alloc(12);
  packet.copy(header, 0, 0, 2);
  header.writeUInt16BE(known ? 0x8180 : 0x8183, 2); // an answer; or no such name
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  const encoded = records.map((value) => {
    const data = encodings[kind ?? 'a'](value);
    const head = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, data.length >> 8, data.length & 0xff]);
    return Buffer.concat([head, data]);
  });
  return Buffer.concat([header, packet.subarray(12, end + 4), ...encoded]);
}

export async function startNameServer(zone: Zone) {
  const socket = createSocket('udp4');
  socket.on('message', (packet, from) => socket.send(answer(packet, zone), from.port, from.address));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const names = new Resolver({ timeout: 2000, tries: 3 });
  names.setServers([`127.0.0.1:${socket.address().port}`]);
  return { names, close: () => new Promise<void>((resolve) => socket.close(() => resolve())) };
}

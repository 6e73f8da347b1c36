// Looks for secrets in whatever was written: as they are, percent-encoded, in hex, and in base64 at any offset.

export type Finding = { what: string; form: string; place: string; at: number };

/** `exact`: case matters (base64). `bounded`: nothing that words and numbers are made of may stand beside it. */
type Needle = { what: string; form: string; bytes: Buffer; exact?: boolean; bounded?: boolean };

const prefixLength = 6;
const modulus = 256 ** (prefixLength - 1);

const lower = (bytes: Buffer) => Buffer.from(bytes).map((byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte)) as Buffer;
const isWord = (byte: number | undefined) => byte !== undefined && /[\w-]/.test(String.fromCharCode(byte));

/** The characters of its base64 that no neighbour can change, for each of the three offsets that it may stand at. */
function base64Forms(text: string): string[] {
  const length = Buffer.byteLength(text);
  return [0, 1, 2].flatMap((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]).toString('base64');
    const certain = whole.slice(Math.ceil((offset * 4) / 3), Math.floor(((offset + length) * 4) / 3));
    return [certain, certain.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

export function createScanner() {
  const needles = new Map<number, Needle[]>();
  const known = new Set<string>();

  function add(needle: Needle): void {
    if (needle.bytes.length < prefixLength) throw new Error(`too short to look for: ${needle.what}, ${needle.form}`);
    const key = lower(needle.bytes).readUIntBE(0, prefixLength);
    const same = (other: Needle) => lower(other.bytes).equals(lower(needle.bytes)) && !needle.exact;
    const others = needles.get(key) ?? [];
    if (!others.some(same)) needles.set(key, [...others, needle]);
  }

  /** An address, a token, a secret: long enough never to stand anywhere by chance. */
  function addText(what: string, text: string): void {
    if (known.has(text)) return;
    known.add(text);
    add({ what, form: 'plain', bytes: Buffer.from(text) });
    add({ what, form: 'hex', bytes: Buffer.from(Buffer.from(text).toString('hex')) });
    const encoded = encodeURIComponent(text);
    if (encoded !== text) add({ what, form: 'percent', bytes: Buffer.from(encoded) });
    for (const form of new Set(base64Forms(text))) add({ what, form: 'base64', bytes: Buffer.from(form), exact: true });
  }

  /**
   * A six-digit code. Six given digits do stand somewhere in megabytes of random base64url, so only whole words count:
   * whatever is random in store and log (ids, hashes, sealed values) is one long run of word characters, and no number
   * there is six digits long. So there is nothing to tolerate: one hit is a leak.
   */
  function addCode(code: string): void {
    if (known.has(code)) return;
    known.add(code);
    for (const text of [code, `${code.slice(0, 3)} ${code.slice(3)}`, `${code.slice(0, 3)}-${code.slice(3)}`]) {
      add({ what: 'code', form: 'plain', bytes: Buffer.from(text), bounded: true });
    }
    add({ what: 'code', form: 'hex', bytes: Buffer.from(Buffer.from(code).toString('hex')) });
  }

  function matches(needle: Needle, at: number, { bytes, folded }: { bytes: Buffer; folded: Buffer }): boolean {
    const end = at + needle.bytes.length;
    const same = needle.exact ? bytes.subarray(at, end).equals(needle.bytes) : folded.subarray(at, end).equals(lower(needle.bytes));
    return same && !(needle.bounded && (isWord(bytes[at - 1]) || isWord(bytes[end])));
  }

  return {
    addText,
    addCode,
    count: (): number => known.size,
    scan(place: string, bytes: Buffer): Finding[] {
      const folded = lower(bytes);
      const findings: Finding[] = [];
      let window = 0;
      for (let end = 0; end < folded.length; end += 1) {
        window = (window % modulus) * 256 + (folded[end] ?? 0);
        const at = end - prefixLength + 1;
        for (const needle of (at >= 0 && needles.get(window)) || []) {
          if (matches(needle, at, { bytes, folded })) findings.push({ what: needle.what, form: needle.form, place, at });
        }
      }
      return findings;
    },
  };
}

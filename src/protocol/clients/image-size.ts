// What a picture is and how large it gets when it is drawn, read off its first bytes (PNG 3, 11.2.2; JPEG T.81, B.2.2; RFC 9649).

export type Image = { format: 'png' | 'jpeg' | 'webp'; width: number; height: number };

/** @returns undefined where it is none of the three, or cut off */
export function measureImage(bytes: Buffer): Image | undefined {
  try {
    return measurePng(bytes) ?? measureWebp(bytes) ?? measureJpeg(bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_OUT_OF_RANGE') return undefined; // it ends before it says its size
    throw error;
  }
}

function measurePng(bytes: Buffer): Image | undefined {
  if (bytes.toString('latin1', 0, 8) !== '\x89PNG\r\n\x1a\n' || bytes.toString('latin1', 12, 16) !== 'IHDR') return undefined;
  return { format: 'png', width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

function measureWebp(bytes: Buffer): Image | undefined {
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WEBP') return undefined;
  const sizes: Record<string, () => [number, number]> = {
    'VP8 ': () => [bytes.readUInt16LE(26) & 0x3fff, bytes.readUInt16LE(28) & 0x3fff],
    VP8L: () => [(bytes.readUInt32LE(21) & 0x3fff) + 1, ((bytes.readUInt32LE(21) >>> 14) & 0x3fff) + 1],
    VP8X: () => [bytes.readUIntLE(24, 3) + 1, bytes.readUIntLE(27, 3) + 1],
  };
  const [width, height] = sizes[bytes.toString('latin1', 12, 16)]?.() ?? [];
  return width === undefined || height === undefined ? undefined : { format: 'webp', width, height };
}

/** The size stands in the frame's header, behind any number of other segments. */
function measureJpeg(bytes: Buffer): Image | undefined {
  if (bytes.toString('latin1', 0, 3) !== '\xff\xd8\xff') return undefined;
  for (let at = 2; bytes.readUInt8(at) === 0xff; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes.readUInt8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { format: 'jpeg', width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
  }
  return undefined;
}

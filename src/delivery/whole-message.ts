// Writes a message in one piece. nodemailer sends each part through streams of its own, chunk by chunk: for a message of a few texts
// that takes longer than everything else that it does.
import { encode as encodeBase64, wrap as wrapBase64 } from 'nodemailer/lib/base64';
import type MimeNode from 'nodemailer/lib/mime-node';
import { encode as encodeQuoted, wrap as wrapQuoted } from 'nodemailer/lib/qp';

/** What `message.build()` answers, byte for byte, where every part is a text (RFC 2045, 6; RFC 2046, 5.1.1). */
export function writeWhole(message: MimeNode): string {
  const headers = message.buildHeaders();
  const { boundary, childNodes, content, multipart } = message;
  if (!multipart) return `${headers}\r\n\r\n${encode(typeof content === 'string' ? content : '', message.getTransferEncoding())}`;
  const parts = childNodes.map((part) => `--${boundary}\r\n${writeWhole(part)}\r\n`);
  return `${headers}\r\n\r\n${parts.join('')}--${boundary}--\r\n`;
}

function encode(text: string, encoding: string | false): string {
  if (encoding === 'base64') return wrapBase64(encodeBase64(text));
  return encoding === 'quoted-printable' ? wrapQuoted(encodeQuoted(text)) : text;
}

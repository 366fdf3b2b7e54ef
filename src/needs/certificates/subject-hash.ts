// X.690 (DER), RFC 5280 4.1: a certificate down to its subject, and no further.

const SEQUENCE = 0x30;
const SET = 0x31;
const UTF8_STRING = 0x0c;
/** `[0]`: the version, which a certificate of X.509 v1 does not have. */
const VERSION = 0xa0;

interface Element {
  readonly tag: number;
  /** With its header. */
  readonly whole: Buffer;
  readonly content: Buffer;
}

/** The element at the start; null where there is none that is whole. */
function elementAt(bytes: Buffer): Element | null {
  const [tag, first] = bytes;
  if (tag === undefined || first === undefined) return null;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (lengthBytes > 4 || first === 0x80 || bytes.length < 2 + lengthBytes) return null;
  const length = lengthBytes === 0 ? first : bytes.readUIntBE(2, lengthBytes);
  const start = 2 + lengthBytes;
  if (bytes.length < start + length) return null;
  return { tag, whole: bytes.subarray(0, start + length), content: bytes.subarray(start, start + length) };
}

function elementsIn(bytes: Buffer): readonly Element[] | null {
  const elements: Element[] = [];
  for (let at = 0; at < bytes.length;) {
    const element = elementAt(bytes.subarray(at));
    if (element === null) return null;
    elements.push(element);
    at += element.whole.length;
  }
  return elements;
}

function encode(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const hex = length.toString(16);
  const digits = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | digits.length]), digits, content]);
}

/**
 * The name under which OpenSSL looks for an authority in a directory of certificates: `4042bcee` of `4042bcee.0`
 * (`openssl x509 -subject_hash`). null where the bytes are no certificate.
 */
export function subjectHash(certificate: Buffer): string | null {
  const subject = subjectOf(certificate);
  const canonical = subject === null ? null : canonicalName(subject);
  if (canonical === null) return null;
  // Only here: it costs a start of some ms, and few programs look for authorities by their hashes.
  const { createHash } = process.getBuiltinModule('node:crypto');
  const digest = createHash('sha1').update(canonical).digest();
  return digest.readUInt32LE(0).toString(16).padStart(8, '0');
}

function subjectOf(certificate: Buffer): Buffer | null {
  const signed = elementAt(elementAt(certificate)?.content ?? Buffer.alloc(0));
  const fields = signed === null ? null : elementsIn(signed.content);
  // [version], serialNumber, signature, issuer, validity, subject
  const subject = fields?.[fields[0]?.tag === VERSION ? 5 : 4];
  return subject?.tag === SEQUENCE ? subject.content : null;
}

/** As OpenSSL's x509_name_canon (crypto/x509/x_name.c): without the outer header, text as UTF-8, in small letters. */
function canonicalName(name: Buffer): Buffer | null {
  const sets = elementsIn(name)?.map(canonicalSet);
  return sets === undefined || sets.includes(null) ? null : Buffer.concat(sets as Buffer[]);
}

function canonicalSet({ tag, content }: Element): Buffer | null {
  const attributes = tag === SET ? elementsIn(content)?.map(canonicalAttribute) : undefined;
  if (attributes === undefined || attributes.includes(null)) return null;
  // DER: the members of a SET OF stand in the order of their bytes.
  return encode(SET, Buffer.concat((attributes as Buffer[]).sort(Buffer.compare)));
}

function canonicalAttribute({ content }: Element): Buffer | null {
  const [type, value] = elementsIn(content) ?? [];
  if (type === undefined || value === undefined) return null;
  const text = textOf(value);
  const canonical = text === null ? value.whole : encode(UTF8_STRING, Buffer.from(inSmallLetters(text)));
  return encode(SEQUENCE, Buffer.concat([type.whole, canonical]));
}

/** The string types of ASN1_MASK_CANON; null for others, which stay as they are. */
function textOf({ tag, content }: Element): string | null {
  switch (tag) {
    case UTF8_STRING:
      return content.toString('utf8');
    case 0x13: // PrintableString
    case 0x14: // TeletexString, which OpenSSL takes for Latin-1
    case 0x16: // IA5String
    case 0x1a: // VisibleString
      return content.toString('latin1');
    case 0x1e: // BMPString
      return content.length % 2 === 0 ? Buffer.from(content).swap16().toString('utf16le') : null;
    case 0x1c: // UniversalString
      return content.length % 4 === 0 ? universalText(content) : null;
    default:
      return null;
  }
}

function universalText(content: Buffer): string | null {
  const points = Array.from({ length: content.length / 4 }, (_, index) => content.readUInt32BE(index * 4));
  return points.every((point) => point <= 0x10_ff_ff) ? String.fromCodePoint(...points) : null;
}

/** Of ASCII alone, with one space between words (asn1_string_canon). */
function inSmallLetters(text: string): string {
  const words = text.replaceAll(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, '').replaceAll(/[ \t\n\v\f\r]+/g, ' ');
  return words.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** One block of RFC 7468, section 2: `-----BEGIN CERTIFICATE-----`. */
export interface PemBlock {
  /** `CERTIFICATE`, `RSA PRIVATE KEY`. */
  readonly label: string;
  /** null where its text is not base64. */
  readonly der: Buffer | null;
}

const BLOCK = /-----BEGIN ([A-Z0-9][A-Z0-9 ]{0,60})-----([^-]*)-----END \1-----/g;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** Explanatory text between blocks is no part of them (RFC 7468, section 5.2). */
export function pemBlocks(text: string): readonly PemBlock[] {
  return [...text.matchAll(BLOCK)].map(([, label = '', body = '']) => {
    const base64 = body.replaceAll(/\s+/g, '');
    const isWhole = BASE64.test(base64) && base64.length % 4 === 0;
    return { label, der: isWhole ? Buffer.from(base64, 'base64') : null };
  });
}

/** Lines of 64 characters, as every implementation writes them (RFC 7468, section 2). */
export function encodeCertificate(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

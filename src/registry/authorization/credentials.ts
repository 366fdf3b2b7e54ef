/** By which a registry knows who asks. */
export type Credentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  /** A refresh token: what docker's files call `identitytoken`, and helpers give to the user `<token>`. */
  | { readonly kind: 'token'; readonly token: string };

/** Where credentials were found or are to be kept, for messages. */
export interface FoundCredentials {
  readonly credentials: Credentials;
  readonly from: string;
}

/** What a helper answers in place of a name where the secret is a refresh token (docker-credential-helpers, README). */
export const TOKEN_USER = '<token>';

export function basicHeader({ username, password }: Extract<Credentials, { kind: 'password' }>): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

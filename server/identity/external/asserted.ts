/** What an identity provider said of somebody, once its signature and our own checks held. */
export interface Asserted {
  /** The provider's own, lasting name for the person. */
  readonly subject: string;
  /** What is compared with our members, by the provider's settings: a member id, or an e-mail address. */
  readonly match: { readonly kind: 'member_id' | 'email'; readonly value: string } | null;
  /** Whether the provider says that it asked for more than a password (OpenID Connect `amr`, RFC 8176). */
  readonly twoSteps: boolean;
}

/** What an answer of the provider is checked with, kept until it comes. */
export type Checks =
  | { readonly kind: 'oidc'; readonly verifier: string; readonly nonce: string }
  | { readonly kind: 'saml' }
  | { readonly kind: 'passkey' };

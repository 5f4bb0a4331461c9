// Runs every audit of graphql-http against the address given, and prints the outcomes as JSON.
import { serverAudits } from 'graphql-http';

const url = process.argv[2];
const outcomes = [];
for (const audit of serverAudits({ url })) {
  const result = await audit.fn();
  outcomes.push({ id: audit.id, name: audit.name, status: result.status, reason: result.reason });
}
process.stdout.write(JSON.stringify(outcomes));

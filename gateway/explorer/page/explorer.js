// The explorer of Morsel's API. No dependency; every node is made by hand, so no text can become markup.

const $ = (id) => document.getElementById(id);
const ENDPOINT = '/graphql';
const PROTOCOL = 'graphql-transport-ws';
const HIGHLIGHT_UP_TO = 400_000;
const GLOBAL_ID = /^"[a-z]{3}_[\w-]{4,}"$/;

const state = { reference: null, operation: null, token: null, socket: null, types: new Map() };

/** Make an element: properties, then children (nodes or texts). */
function make(tag, properties = {}, ...children) {
  const { class: names, data, ...rest } = properties;
  const node = Object.assign(document.createElement(tag), rest);
  if (names) node.className = names;
  Object.assign(node.dataset, data);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

function toast(text) {
  const node = $('toast');
  node.textContent = text;
  node.classList.add('shown');
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => node.classList.remove('shown'), 1600);
}

async function copy(text, told) {
  await navigator.clipboard.writeText(text);
  toast(told);
}

// ---------------------------------------------------------------- colours

const GRAPHQL = /(?<comment>#[^\n]*)|(?<string>"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*")|(?<variable>\$\w+)|(?<keyword>\b(?:query|mutation|subscription|fragment|on|true|false|null)\b)|(?<type>\b[A-Z]\w*\b)|(?<number>-?\b\d[\d.eE+-]*\b)/g;
const JSON_TEXT = /(?<key>"(?:\\.|[^"\\])*"(?=\s*:))|(?<string>"(?:\\.|[^"\\])*")|(?<keyword>\b(?:true|false|null)\b)|(?<number>-?\b\d[\d.eE+-]*\b)/g;

/** Return a text with spans around what the pattern's groups name. */
function coloured(text, pattern) {
  const fragment = document.createDocumentFragment();
  if (text.length > HIGHLIGHT_UP_TO) {
    fragment.append(text);
    return fragment;
  }
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    const kind = Object.keys(match.groups).find((name) => match.groups[name] !== undefined);
    fragment.append(text.slice(end, match.index));
    const isId = kind === 'string' && pattern === JSON_TEXT && GLOBAL_ID.test(match[0]);
    fragment.append(make('span', isId ? { class: 't-id', title: 'Copy' } : { class: `t-${kind}` }, match[0]));
    end = match.index + match[0].length;
  }
  fragment.append(text.slice(end));
  return fragment;
}

/** Keep the coloured copy under a text area as the text area is. */
function colourAsTyped(area, pattern) {
  const copyOf = area.previousElementSibling;
  const follow = () => {
    copyOf.scrollTop = area.scrollTop;
    copyOf.scrollLeft = area.scrollLeft;
  };
  const paint = () => {
    copyOf.replaceChildren(coloured(area.value, pattern), '\n');
    follow();
  };
  area.addEventListener('input', paint);
  area.addEventListener('scroll', follow);
  area.addEventListener('keydown', (event) => {
    if (event.key === 'Tab' && !event.shiftKey && !event.ctrlKey && !event.altKey) {
      event.preventDefault();
      area.setRangeText('  ', area.selectionStart, area.selectionEnd, 'end');
      paint();
    }
  });
  return paint;
}

const paintDocument = colourAsTyped($('document'), GRAPHQL);
const paintVariables = colourAsTyped($('variables'), JSON_TEXT);

// ---------------------------------------------------------------- panes

function show(pane) {
  document.body.dataset.pane = pane;
  const isSide = pane === 'answer' || pane === 'reference';
  for (const button of document.querySelectorAll('[data-show]')) {
    const inTabs = button.parentElement.classList.contains('tabs');
    const selected = inTabs ? button.dataset.show === (isSide ? pane : 'answer') : button.dataset.show === pane;
    button.setAttribute('role', 'tab');
    button.setAttribute('aria-selected', String(selected));
  }
}

for (const button of document.querySelectorAll('[data-show]')) {
  button.addEventListener('click', () => {
    if (button.dataset.show === 'reference' && !$('reference').hasChildNodes()) showOverview();
    show(button.dataset.show);
  });
}

// ---------------------------------------------------------------- operations

const KINDS = { query: 'Queries', mutation: 'Mutations', subscription: 'Subscriptions' };

function listOperations() {
  const wanted = $('find-operation').value.trim().toLowerCase();
  const found = state.reference.operations.filter((each) =>
    `${each.name} ${each.description}`.toLowerCase().includes(wanted));
  const groups = Object.entries(KINDS).flatMap(([kind, title]) => {
    const links = found.filter((each) => each.kind === kind).map(operationLink);
    return links.length ? [make('h2', {}, title), ...links] : [];
  });
  $('operations').replaceChildren(...(groups.length ? groups : [make('p', { class: 'nothing' }, 'No operation has these words.')]));
}

function operationLink(operation) {
  const link = make('a', { href: `#${operation.name}`, class: operation.kind, title: operation.description }, operation.name);
  if (operation === state.operation) link.setAttribute('aria-current', 'true');
  return link;
}

function choose(operation) {
  stopListening();
  state.operation = operation;
  $('title').textContent = operation.name;
  $('about').textContent = operation.description;
  $('document').value = operation.text.trimEnd();
  $('document').readOnly = !state.reference.allowAdHoc;
  $('variables').value = JSON.stringify(exampleVariables(operation.text), null, 2);
  $('document').scrollTop = 0;
  paintDocument();
  paintVariables();
  tellVariables();
  paintRun();
  listOperations();
}

/** Return an example of each variable that an operation cannot do without. */
function exampleVariables(text) {
  const header = text.slice(0, text.indexOf('{'));
  const declared = header.matchAll(/\$(\w+)\s*:\s*([\w![\]]+)(\s*=)?/g);
  const examples = {};
  for (const [, name, type, hasDefault] of declared) {
    if (type.endsWith('!') && !hasDefault) examples[name] = exampleOf(type);
    else if (/^(slug|search)$/.test(name)) examples[name] = '';
  }
  return examples;
}

function exampleOf(type) {
  if (type.replace(/!$/, '').startsWith('[')) return [];
  const named = state.types.get(baseName(type));
  if (named?.kind === 'enum') return named.values[0].name;
  if (named?.kind === 'input') {
    const needed = named.fields.filter((field) => field.type.endsWith('!') && field.default === null);
    return Object.fromEntries(needed.map((field) => [field.name, exampleOf(field.type)]));
  }
  switch (named?.name) {
    case 'Int': case 'Float': return 0;
    case 'Boolean': return false;
    case 'DateTime': return new Date().toISOString();
    case 'UUID': return crypto.randomUUID?.() ?? '00000000-0000-7000-8000-000000000001';
    case 'Locale': return 'en';
    case 'JSON': return {};
    default: return '';
  }
}

const baseName = (type) => type.replace(/[![\]]/g, '');

/** Return the variables, or null and tell why where they are no JSON object. */
function readVariables() {
  try {
    const variables = JSON.parse($('variables').value.trim() || '{}');
    if (typeof variables !== 'object' || Array.isArray(variables)) throw new Error('a JSON object is needed');
    return variables;
  } catch (error) {
    tellVariables(error.message);
    return null;
  }
}

function tellVariables(problem) {
  const names = [...$('document').value.split('{')[0].matchAll(/\$(\w+)\s*:\s*([\w![\]]+)/g)];
  const note = $('variables-note');
  note.className = problem ? 'problem' : '';
  note.textContent = problem ?? (names.length ? names.map(([, name, type]) => `${name}: ${type}`).join(', ') : 'none');
}

// ---------------------------------------------------------------- run

const isSubscription = () => /^\s*(#[^\n]*\n\s*)*subscription\b/.test($('document').value);

function paintRun() {
  const button = $('run');
  button.disabled = !state.reference;
  button.classList.toggle('stop', state.socket !== null);
  button.textContent = state.socket ? 'Stop' : isSubscription() ? 'Subscribe' : 'Run';
  $('curl').hidden = isSubscription();
}

/** Return the body of the request: a registered operation goes by its id. */
function requestBody(variables) {
  const text = $('document').value;
  const registered = state.operation && text === state.operation.text.trimEnd();
  return registered ? { documentId: state.operation.id, variables } : { query: text, variables };
}

function run() {
  if (state.socket) {
    stopListening();
    return;
  }
  const variables = readVariables();
  if (variables === null) return;
  tellVariables();
  show('answer');
  if (isSubscription()) listen(requestBody(variables));
  else ask(requestBody(variables));
}

async function post(body) {
  const headers = { 'Content-Type': 'application/json', Accept: 'application/graphql-response+json' };
  if (state.token) headers.Authorization = `Bearer ${state.token}`;
  return fetch(ENDPOINT, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function ask(body) {
  const begun = performance.now();
  tell('Waiting …');
  $('run').disabled = true;
  try {
    const response = await post(body);
    const text = await response.text();
    const millis = Math.round(performance.now() - begun);
    showAnswer(response, text, millis);
  } catch (error) {
    tell(badge('No answer', true), String(error.message));
    $('answer').replaceChildren();
  } finally {
    paintRun();
  }
}

function showAnswer(response, text, millis) {
  let answer = null;
  try {
    answer = JSON.parse(text);
  } catch { /* shown as it is */ }
  const errors = answer?.errors?.length ?? 0;
  const failed = !response.ok || errors > 0;
  const problems = errors ? `${errors} ${errors === 1 ? 'error' : 'errors'}` : null;
  const size = new Blob([text]).size;
  tell(
    badge(`${response.status}${response.statusText ? ` ${response.statusText}` : ''}`, failed),
    problems, `${millis} ms`, size < 1024 ? `${size} B` : `${(size / 1024).toFixed(1)} KB`,
    response.headers.get('x-request-id') && `request ${response.headers.get('x-request-id').slice(0, 8)}…`,
  );
  $('answer').replaceChildren(make('pre', {}, coloured(answer ? JSON.stringify(answer, null, 2) : text, JSON_TEXT)));
  $('answer').scrollTop = 0;
}

const badge = (text, bad) => make('b', { class: bad ? 'bad' : '' }, text);

function tell(...parts) {
  const nodes = parts.filter(Boolean).map((part) => (typeof part === 'string' ? make('span', {}, part) : part));
  $('status').replaceChildren(...nodes);
}

// ---------------------------------------------------------------- subscriptions

function listen(body) {
  const address = new URL(ENDPOINT, location.href);
  address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(address, PROTOCOL);
  const send = (message) => socket.send(JSON.stringify(message));
  let events = 0;
  state.socket = socket;
  $('answer').replaceChildren(nothingYet('Listening', 'Events appear here, the newest first.'));
  tell(badge('Connecting …'));
  socket.onopen = () => send({ type: 'connection_init', payload: state.token ? { Authorization: `Bearer ${state.token}` } : {} });
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === 'connection_ack') {
      send({ id: '1', type: 'subscribe', payload: body });
      tell(badge('Listening'));
    } else if (message.type === 'next') {
      if (!events) $('answer').replaceChildren();
      events += 1;
      $('answer').prepend(eventNode(message.payload, events));
      tell(badge('Listening'), `${events} ${events === 1 ? 'event' : 'events'}`);
    } else if (message.type === 'error') {
      $('answer').replaceChildren(make('pre', {}, coloured(JSON.stringify({ errors: message.payload }, null, 2), JSON_TEXT)));
      finish(badge('Refused', true));
    } else if (message.type === 'complete') {
      finish(badge('Completed'));
    }
  };
  socket.onclose = ({ code, reason }) => finish(badge(`Closed ${code}`, true), reason);
  function finish(...told) {
    if (state.socket !== socket) return;
    stopListening();
    tell(...told);
  }
  paintRun();
}

function eventNode(payload, number) {
  const cursor = payload.extensions?.cursor;
  const header = make('header', {}, make('b', {}, `Event ${number}`), make('span', {}, new Date().toLocaleTimeString()),
    cursor ? make('span', {}, `cursor ${cursor}`) : null);
  return make('article', { class: 'event' }, header, make('pre', {}, coloured(JSON.stringify(payload, null, 2), JSON_TEXT)));
}

function stopListening() {
  const socket = state.socket;
  if (!socket) return;
  state.socket = null;
  socket.close(1000);
  tell(badge('Stopped'));
  paintRun();
}

function nothingYet(title, ...words) {
  return make('div', { class: 'empty' }, make('b', {}, title), make('span', {}, ...words));
}

// ---------------------------------------------------------------- sign-in


function signedIn(token, name) {
  state.token = token;
  try {
    if (token) sessionStorage.setItem('signed-in', JSON.stringify({ token, name }));
    else sessionStorage.removeItem('signed-in');
  } catch { /* a browser that keeps nothing forgets it with the page */ }
  const button = $('who');
  button.classList.toggle('known', Boolean(token));
  button.querySelector('i').textContent = token ? name[0].toUpperCase() : '';
  button.querySelector('span').textContent = token ? name : 'Sign in';
  $('sign-out').hidden = !token;
  $('sign-in').close();
}

/** Do a piece of the sign-in; what goes wrong is told in the dialog. */
async function signIn(work) {
  $('sign-in-problem').textContent = '';
  try {
    await work();
  } catch (error) {
    $('sign-in-problem').textContent = error.message;
  }
}

async function signInAs(role) {
  const name = `Demo ${role.toLowerCase()}`;
  const person = {
    subject: name.toLowerCase().replace(' ', '-'),
    roles: role === 'LEARNER' ? [role] : ['LEARNER', role],
    org: $('organisation').value.trim() || null,
    name,
    email: `${role.toLowerCase()}@example.org`,
  };
  const headers = { 'Content-Type': 'application/json' };
  const response = await fetch(state.reference.signIn, { method: 'POST', headers, body: JSON.stringify(person) });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error_description ?? answer.error);
  signedIn(answer.access_token, name);
}

async function signInAsGuest() {
  const start = state.reference.operations.find((each) => each.name === 'StartGuest');
  if (!start) throw new Error('The operation StartGuest is not registered here.');
  const deviceId = crypto.randomUUID?.() ?? '00000000-0000-7000-8000-000000000001';
  const body = { documentId: start.id, variables: { input: { deviceId } } };
  const response = await fetch(ENDPOINT, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
  const answer = await response.json();
  const token = answer.data?.startGuest?.token;
  if (!token) throw new Error(answer.errors?.[0]?.message ?? 'No token was given.');
  signedIn(token, 'Guest');
}

/** Return whom a token names, to show it; it is the server that verifies it. */
function nameOf(token) {
  const parts = token.split('.');
  if (parts.length !== 3) throw new Error('This is no bearer token: it has three parts with dots between.');
  try {
    const claims = JSON.parse(atob(parts[1].replace(/-/g, '+').replace(/_/g, '/')));
    return claims.name ?? claims.sub ?? 'Somebody';
  } catch {
    return 'Somebody';
  }
}

// ---------------------------------------------------------------- reference

const ROOTS = ['Query', 'Mutation', 'Subscription'];
const MOST_FOUND = 120;

function showReference() {
  const words = $('find-reference').value.trim();
  if (words.length > 1) showFound(words);
  else showOverview();
}

function showOverview() {
  const others = state.reference.types.filter((type) => !ROOTS.includes(type.name));
  const roots = ROOTS.map((name) => state.types.get(name)).filter(Boolean);
  const kinds = Map.groupBy ? [...Map.groupBy(others, (type) => type.kind)] : [['type', others]];
  const titles = { type: 'Types', input: 'Inputs', enum: 'Enums', scalar: 'Scalars', interface: 'Interfaces', union: 'Unions' };
  paintReference(
    make('p', { class: 'lead' }, 'Everything that the API has, with what each part means. Search, or follow a type.'),
    ...roots.flatMap((root) => [make('h3', {}, KINDS[root.name.toLowerCase()]), links(root.fields.map((field) => [field.name, `#/${root.name}/${field.name}`]))]),
    ...kinds.flatMap(([kind, types]) => [make('h3', {}, titles[kind]), links(types.map((type) => [type.name, `#/${type.name}`]))]),
  );
}

const links = (pairs) => make('div', { class: 'links' }, ...pairs.map(([text, href]) => make('a', { href }, text)));

function paintReference(...nodes) {
  $('reference').replaceChildren(...nodes.filter(Boolean));
  $('reference').scrollTop = 0;
}

function showType(name, fieldName) {
  const type = state.types.get(name);
  if (!type) return;
  const only = fieldName && type.fields?.find((field) => field.name === fieldName);
  const crumbs = [make('a', { href: '#/' }, 'Reference')];
  if (only) crumbs.push(' / ', make('a', { href: `#/${name}` }, name));
  const fields = only ? [only] : type.fields ?? [];
  paintReference(
    make('p', { class: 'crumbs' }, ...crumbs),
    make('h2', {}, make('small', {}, only ? 'field of' : type.kind), type.name),
    only ? null : make('p', {}, type.description),
    ...(only ? [] : [type.interfaces?.length ? section('Implements', type.interfaces) : null, type.members?.length ? section('One of', type.members) : null].flat()),
    fields.length && !only ? make('h3', {}, 'Fields') : null,
    ...fields.map((field) => fieldEntry(field)),
    type.values ? make('h3', {}, 'Values') : null,
    ...(type.values ?? []).map((value) => make('div', { class: 'entry' }, make('code', {}, make('b', {}, value.name)), make('p', {}, value.description))),
  );
}

function section(title, names) {
  return [make('h3', {}, title), links(names.map((each) => [each, `#/${each}`]))];
}

function typeLink(type) {
  const name = baseName(type);
  const [before, after] = type.split(name);
  return [before, make('a', { href: `#/${name}` }, name), after];
}

function fieldEntry(field, owner = null, words = null) {
  const title = owner ? make('a', { href: `#/${owner}/${field.name}` }, `${owner}.${field.name}`) : make('b', {}, field.name);
  const given = (field.arguments ?? []).map((each) => make('li', {},
    make('code', {}, make('b', {}, each.name), ': ', ...typeLink(each.type), each.default === null ? '' : ` = ${each.default}`),
    each.description ? ` ${each.description}` : ''));
  const fallback = field.default === null || field.default === undefined ? '' : ` = ${field.default}`;
  return make('div', { class: 'entry' },
    make('code', {}, title, ': ', ...typeLink(field.type), fallback),
    make('p', {}, marked(field.description, words)),
    field.deprecated ? make('p', { class: 'deprecated' }, `On its way out: ${field.deprecated}`) : null,
    given.length && !owner ? make('ul', { class: 'arguments' }, ...given) : null);
}

/** Return a text with the searched words marked. */
function marked(text, words) {
  const fragment = document.createDocumentFragment();
  if (!words) {
    fragment.append(text);
    return fragment;
  }
  let rest = text;
  let at = rest.toLowerCase().indexOf(words);
  while (at >= 0) {
    fragment.append(rest.slice(0, at), make('mark', {}, rest.slice(at, at + words.length)));
    rest = rest.slice(at + words.length);
    at = rest.toLowerCase().indexOf(words);
  }
  fragment.append(rest);
  return fragment;
}

function showFound(given) {
  const words = given.toLowerCase();
  const has = (text) => text?.toLowerCase().includes(words);
  const types = state.reference.types.filter((type) => has(type.name) || has(type.description));
  const fields = state.reference.types.flatMap((type) => (type.fields ?? type.values ?? [])
    .filter((field) => has(field.name) || has(field.description)).map((field) => ({ type, field })));
  fields.sort((one, other) => has(other.field.name) - has(one.field.name));
  const found = types.length + fields.length;
  paintReference(
    make('p', { class: 'lead' }, found ? `${found} found` : 'Nothing in the schema has these words.'),
    ...types.map((type) => make('div', { class: 'entry' }, make('code', {}, make('a', { href: `#/${type.name}` }, type.name)), make('small', {}, type.kind), make('p', {}, marked(type.description, words)))),
    ...fields.slice(0, MOST_FOUND).map(({ type, field }) => (field.type
      ? fieldEntry(field, type.name, words)
      : make('div', { class: 'entry' }, make('code', {}, make('a', { href: `#/${type.name}` }, `${type.name}.${field.name}`)), make('p', {}, marked(field.description, words))))),
  );
}

// ---------------------------------------------------------------- start

/** Show what the address names: `#Operation`, `#/Type` or `#/Type/field`. */
function follow() {
  const [, type, field] = /^#\/(\w*)\/?(\w*)/.exec(location.hash) ?? [];
  if (type !== undefined) {
    $('find-reference').value = '';
    if (type) showType(type, field);
    else showOverview();
    show('reference');
    return;
  }
  const operation = state.reference.operations.find((each) => `#${each.name}` === location.hash);
  if (operation && operation !== state.operation) {
    choose(operation);
    show('editor');
  }
}

function paintTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
}

function nextTheme() {
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  const now = document.documentElement.dataset.theme ?? (dark ? 'dark' : 'light');
  const theme = now === 'dark' ? 'light' : 'dark';
  paintTheme(theme);
  try {
    localStorage.setItem('theme', theme);
  } catch { /* then it is for this page only */ }
}

function curl() {
  const variables = readVariables();
  if (variables === null) return;
  const quoted = (text) => `'${text.replace(/'/g, `'\\''`)}'`;
  const parts = [`curl -s ${location.origin}${ENDPOINT}`, `-H 'Content-Type: application/json'`];
  if (state.token) parts.push(`-H ${quoted(`Authorization: Bearer ${state.token}`)}`);
  parts.push(`-d ${quoted(JSON.stringify(requestBody(variables)))}`);
  copy(parts.join(' \\\n  '), 'The command is copied');
}

function wire() {
  $('theme').addEventListener('click', nextTheme);
  $('find-operation').addEventListener('input', listOperations);
  $('find-reference').addEventListener('input', showReference);
  $('run').addEventListener('click', run);
  $('curl').addEventListener('click', curl);
  $('document').addEventListener('input', () => { tellVariables(); paintRun(); });
  $('variables').addEventListener('input', () => tellVariables());
  $('who').addEventListener('click', () => $('sign-in').showModal());
  $('sign-in').querySelector('.close').addEventListener('click', () => $('sign-in').close());
  $('sign-out').addEventListener('click', () => signedIn(null));
  $('guest').addEventListener('click', () => signIn(signInAsGuest));
  $('use-token').addEventListener('click', () => signIn(() => {
    const token = $('token').value.trim();
    signedIn(token, nameOf(token));
    $('token').value = '';
  }));
  for (const button of document.querySelectorAll('[data-role]')) {
    button.addEventListener('click', () => signIn(() => signInAs(button.dataset.role)));
  }
  $('answer').addEventListener('click', ({ target }) => {
    if (target.classList.contains('t-id')) copy(JSON.parse(target.textContent), 'The id is copied');
  });
  addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) run();
  });
  addEventListener('hashchange', follow);
}

function recall() {
  try {
    paintTheme(localStorage.getItem('theme'));
    const { token, name } = JSON.parse(sessionStorage.getItem('signed-in') ?? '{}');
    signedIn(token ?? null, name);
  } catch {
    signedIn(null);
  }
}

async function start() {
  recall();
  show('editor');
  const response = await fetch('/explorer/reference.json');
  state.reference = await response.json();
  state.types = new Map(state.reference.types.map((type) => [type.name, type]));
  $('people').hidden = !state.reference.signIn;
  wire();
  const named = state.reference.operations.find((each) => `#${each.name}` === location.hash);
  choose(named ?? state.reference.operations.find((each) => each.name === 'Catalogue') ?? state.reference.operations[0]);
  $('answer').replaceChildren(nothingYet('Nothing asked yet', 'Choose an operation and run it: ', make('kbd', {}, 'Ctrl'), ' ', make('kbd', {}, 'Enter')));
  tell('Signed out you see what is public; sign in for more.');
  showOverview();
  follow();
}

start();

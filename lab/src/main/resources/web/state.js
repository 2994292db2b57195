// What the program told us, kept up to date by Server-Sent Events. Nothing here draws.

export const state = {
  kind: 'lab',
  name: '',
  version: '',
  seed: null,
  capabilities: [],
  time: { now_ms: 0, state: 'running', speed: 1 },
  clouds: [],
  nodes: [],
  links: [],
  clients: [],
  layer3: { speaking: 0, exits: [], exit_of: [], pins: [] },
  events: [],
  connected: false,
  lostAt: 0,
};

const EVENTS_KEPT = 500;
const listeners = new Set();
let timeArrived = performance.now();

/** fn(what) with what = snapshot | delta | event | time | connection. */
export function onChange(fn) {
  listeners.add(fn);
}
function tell(what) {
  for (const fn of listeners) fn(what);
}

/** What changes all the time while a cloud settles; it must not push the rest out of sight. */
const CHATTY = [
  'batadv.route',
  'batadv.table',
  'batadv.originator',
  'batadv.neighbour',
  'bmx7.route',
  'bmx7.description',
  'bmx7.tunnels',
  'bmx7.link',
  'access.slices',
  'alfred.role',
  'alfred.primary',
  'alfred.record',
];
export const isChatty = event => CHATTY.includes(event.kind);
export const isLab = () => state.kind === 'lab';
/** A person may choose an exit: in a laboratory, and on a real node that has layer 3. */
export const canChoose = () => state.capabilities.includes('choose');
export const canAct = () => state.capabilities.includes('actions');
let byName = new Map();
export const nodeOf = name => byName.get(name);
export const clientOf = name => state.clients.find(client => client.name === name);
export const cloudIndex = letter =>
  Math.max(
    0,
    state.clouds.findIndex(cloud => cloud.letter === letter),
  );

/** Virtual time now, carried on between two messages. */
export function nowMs() {
  const time = state.time;
  if (time.state !== 'running' || !state.connected || time.speed === 0) return time.now_ms;
  return time.now_ms + Math.min(1500, performance.now() - timeArrived) * time.speed;
}

export function connect() {
  const source = new EventSource('api/v1/stream');
  const on = (name, fn) => source.addEventListener(name, message => fn(JSON.parse(message.data)));
  source.onerror = () => {
    if (state.connected || !state.lostAt) state.lostAt = Date.now();
    state.connected = false;
    tell('connection');
    // The browser gives up for good after some refusals: begin anew then.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
  };
  on('snapshot', data => {
    Object.assign(state, data);
    byName = new Map(state.nodes.map(node => [node.name, node]));
    timeArrived = performance.now();
    state.connected = true;
    state.lostAt = 0;
    tell('snapshot');
    loadEvents();
  });
  on('delta', applyDelta);
  on('time', data => {
    state.time = data;
    timeArrived = performance.now();
    tell('time');
  });
  on('event', data => addEvent(data));
}

function applyDelta(delta) {
  for (const [index, there, back, up] of delta.links) {
    const link = state.links[index];
    link.tq_there = there < 0 ? undefined : there;
    link.tq_back = back < 0 ? undefined : back;
    link.up = up;
  }
  for (const [index, up, x, y] of delta.nodes) {
    state.nodes[index].up = up;
    if (x !== undefined) state.nodes[index].at = [x, y];
  }
  for (const [index, client] of delta.clients) state.clients[index] = client;
  if (delta.layer3) state.layer3 = delta.layer3;
  tell('delta');
}

async function loadEvents() {
  const answer = await get('events?limit=500');
  state.events = answer.events;
  tell('event');
}

function addEvent(event) {
  const last = state.events.at(-1);
  if (last && last.seq >= event.seq) return;
  state.events.push(event);
  if (state.events.length > EVENTS_KEPT) {
    const chatty = state.events.findIndex(isChatty);
    state.events.splice(chatty >= 0 && chatty < EVENTS_KEPT / 2 ? chatty : 0, 1);
  }
  tell('event');
}

export async function get(path) {
  const answer = await fetch('api/v1/' + path);
  const json = await answer.json();
  if (!answer.ok) throw new Error(json.detail);
  return json;
}

/** A real node's page is opened with it; without it one may look only. */
const token = new URLSearchParams(location.search).get('token');

/** Orders something; a refusal is thrown as a sentence for people. */
export async function post(path, body) {
  const answer = await fetch('api/v1/' + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(token ? { Authorization: 'Bearer ' + token } : {}) },
    body: JSON.stringify(body),
  });
  const json = await answer.json();
  if (!answer.ok) throw new Error(json.detail);
  return json;
}

export const quality = tq =>
  tq === undefined ? 'unknown' : tq > 200 ? 'good' : tq >= 120 ? 'fair' : tq > 0 ? 'poor' : 'dead';

/** Frames can pass: the link was not cut, and both ends are switched on. */
export const linkUp = link =>
  link.up && nodeOf(link.a.node)?.up !== false && nodeOf(link.b.node)?.up !== false;

/** Name of the exit that a node uses; empty for none. */
export const exitOf = name => state.layer3.exit_of[state.nodes.findIndex(node => node.name === name)] ?? '';
export const exitNamed = name => state.layer3.exits.find(exit => exit.node === name);

/** Name of the exit that a client uses: what somebody chose for it, else its node's. */
export function exitOfClient(client) {
  const pin = state.layer3.pins.find(
    one => one.client === client.name && one.effective && one.node === client.node,
  );
  return pin ? pin.exit : client.node ? exitOf(client.node) : '';
}

/** Its ends are in different clouds: only layer 3 goes over it. */
export const betweenClouds = link => nodeOf(link.a.node)?.cloud !== nodeOf(link.b.node)?.cloud;

/** The worse of both directions decides whether a link is good. */
export function linkTq(link) {
  if (link.tq_there === undefined) return link.tq_back;
  if (link.tq_back === undefined) return link.tq_there;
  return Math.min(link.tq_there, link.tq_back);
}

export function clockText(ms) {
  const total = Math.max(0, Math.floor(ms));
  const seconds = Math.floor(total / 1000);
  const pad = (value, width) => String(value).padStart(width, '0');
  const hours = Math.floor(seconds / 3600);
  return (
    (hours ? hours + ':' + pad(Math.floor(seconds / 60) % 60, 2) : Math.floor(seconds / 60)) +
    ':' +
    pad(seconds % 60, 2) +
    '.' +
    pad(total % 1000, 3)
  );
}

export function durationText(ms) {
  if (ms === undefined || ms < 0) return '–';
  if (ms < 1000) return Math.round(ms) + ' ms';
  if (ms < 60000) return (ms / 1000).toFixed(1) + ' s';
  const seconds = Math.floor(ms / 1000);
  if (seconds < 3600) return Math.floor(seconds / 60) + ' min ' + (seconds % 60) + ' s';
  if (seconds < 86400) return Math.floor(seconds / 3600) + ' h ' + (Math.floor(seconds / 60) % 60) + ' min';
  return Math.floor(seconds / 86400) + ' d ' + (Math.floor(seconds / 3600) % 24) + ' h';
}

export function rateText(bps) {
  if (bps === undefined || bps === null) return '–';
  let value = bps,
    unit = 0;
  while (value >= 1000 && unit < 3) {
    value /= 1000;
    unit++;
  }
  return (value < 10 && unit ? value.toFixed(1).replace('.0', '') : Math.round(value)) + ' ' + ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s'][unit];
}

export function octetsText(count) {
  if (count === undefined) return '–';
  let value = count,
    unit = 0;
  while (value >= 1000 && unit < 4) {
    value /= 1000;
    unit++;
  }
  return (unit && value < 10 ? value.toFixed(1) : Math.round(value)) + ['', 'k', 'M', 'G', 'T'][unit];
}

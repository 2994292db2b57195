// Limesh, first page: plain modules, no build step, no request to anywhere but here.

import {
  state,
  connect,
  onChange,
  get,
  post,
  isLab,
  canAct,
  exitNamed,
  nowMs,
  clockText,
  durationText,
  nodeOf,
  clientOf,
} from './state.js';
import { Graph } from './graph.js';
import { Panel, renderList, forgetOwners } from './panel.js';
import { el } from './dom.js';
import { renderCard } from './card.js';
import { stations } from './follow.js';

const $ = id => document.getElementById(id);
const SPEEDS = [
  [0.1, '0.1×'],
  [1, '1×'],
  [2, '2×'],
  [5, '5×'],
  [10, '10×'],
  [0, 'max'],
];
const EVENT_COLOUR = kind =>
  kind.includes('fail') || kind.includes('limit') || kind.includes('refused') || kind.includes('lost')
    ? 'bad'
    : kind.startsWith('gateway.') || kind.includes('roam')
      ? 'info'
      : kind.startsWith('lab')
        ? 'ok'
        : kind.includes('lease')
          ? 'brand'
          : 'muted';

let view = 'graph';
let selected = null;
let upBefore = new Map();

// ---- orders ------------------------------------------------------------------------------------------

function say(text) {
  $('say').textContent = text;
  $('say').classList.add('shown');
  clearTimeout(say.timer);
  say.timer = setTimeout(() => $('say').classList.remove('shown'), 3500);
}

async function order(path, body) {
  try {
    await post(path, body);
    const [word] = Object.keys(body);
    if (word === 'roam') say(`${body.roam.client} roams to ${body.roam.to}`);
    else if (word === 'plug' || word === 'unplug')
      say(`${body[word]} is ${word === 'plug' ? 'plugged in: it asks for an address and looks for the Internet' : 'unplugged'}`);
    else if (word === 'pin') say(`${body.pin.client ?? body.pin.node ?? 'This node'} shall go out at ${body.pin.exit}`);
    else if (word === 'unpin') say('The numbers decide again');
    else if (word === 'fail' || word === 'heal')
      say(`${body[word]} ${word === 'fail' ? 'is cut off' : 'is back'}`);
    setTimeout(() => panel.refresh(), 300);
  } catch (problem) {
    say(problem.message);
  }
}

let moveWaits = null,
  moveBusy = false;
/** A dragged radio sends its place ten times a second at most; the last one always arrives. */
async function move(node, x, y, done) {
  moveWaits = { move: { node, to: [Math.round(x * 10) / 10, Math.round(y * 10) / 10] } };
  if (moveBusy && !done) return;
  moveBusy = true;
  while (moveWaits) {
    const body = moveWaits;
    moveWaits = null;
    try {
      await post('actions', body);
    } catch (problem) {
      say(problem.message);
    }
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  moveBusy = false;
}

const go = hash => {
  location.hash = hash;
};
const follow = (from, to) => go(`#/path/${encodeURIComponent(from)}/${encodeURIComponent(to)}`);
const close = () => {
  document.body.classList.remove('sheet');
  go('#/' + (view === 'graph' ? 'graph' : view));
};

const panel = new Panel($('panel'), { order, follow, close });
const graph = new Graph($('stage'), $('tip'), {
  canAct,
  move,
  select: (kind, name) =>
    kind
      ? go(`#/${kind}/${encodeURIComponent(name)}`)
      : selected
        ? close()
        : document.body.classList.toggle('sheet', false),
  plug: name =>
    canAct()
      ? order('actions', { [exitNamed(name)?.plugged ? 'unplug' : 'plug']: name })
      : go('#/node/' + encodeURIComponent(name)),
  roam: (client, to) => order('actions', { roam: { client, to } }),
});

// ---- addresses: every view and selection can be sent to a friend -----------------------------------------

function route() {
  const [kind, ...names] = location.hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  if (['graph', 'nodes', 'clients', 'exits', 'clouds', 'log'].includes(kind) || !kind) {
    view = kind || 'graph';
    choose(null);
  } else if (kind === 'path') {
    view = 'graph';
    choose({ kind, from: names[0], to: names[1] });
    showPath(selected);
  } else {
    choose({ kind, name: names[0] });
  }
  showView();
}

function choose(what) {
  selected = what;
  document.body.classList.toggle('sheet', what !== null);
  graph.select(what?.kind, what?.name);
  panel.show(what);
}

async function showPath(chosen) {
  try {
    chosen.path = await get(
      `path?from=${encodeURIComponent(chosen.from)}&to=${encodeURIComponent(chosen.to)}`,
    );
    if (selected === chosen)
      graph.showPath({ going: stations(chosen.path.going), back: stations(chosen.path.back) });
  } catch (problem) {
    chosen.problem = problem.message;
  }
  if (selected === chosen) panel.render();
}

function showView() {
  $('graph').hidden = view !== 'graph';
  $('list').hidden = view === 'graph';
  for (const link of document.querySelectorAll('nav a')) {
    if (link.dataset.view === view) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  $('search').placeholder = view === 'log' ? 'Filter the log' : innerWidth < 760 ? 'Search' : 'Name, MAC, IP';
  if (view !== 'graph') renderList($('list'), view, { order }, $('search').value);
}

// ---- head ------------------------------------------------------------------------------------------------

function plural(count, word) {
  return el('span', null, el('b', null, String(count)), ' ' + word + (count === 1 ? '' : 's'));
}

function showHead() {
  $('name').textContent = state.name;
  document.title = state.name + ' – Limesh';
  $('summary').replaceChildren(
    plural(state.nodes.length, 'node'),
    plural(state.clouds.length, 'cloud'),
    state.layer3.exits.length ? plural(state.layer3.exits.length, 'exit') : '',
    plural(state.clients.length, 'client'),
  );
  $('where').textContent = isLab() ? 'lab · seed ' + state.seed : 'node';
  $('bar').hidden = !isLab();
  document.body.classList.toggle('no-bar', !isLab());
}

function find(text) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  const fits = one =>
    [one.name, one.mac, one.ipv4, one.ipv6, one.hostname].some(value =>
      value?.toLowerCase().includes(wanted),
    );
  return [
    ...state.nodes.filter(fits).map(one => ['node', one]),
    ...state.clients.filter(fits).map(one => ['client', one]),
  ].slice(0, 12);
}

function showFound() {
  const input = $('search');
  if (view === 'log') {
    $('found').hidden = true;
    return showView();
  }
  const found =
    document.activeElement === input || $('found').contains(document.activeElement) ? find(input.value) : [];
  $('found').hidden = !found.length;
  $('found').replaceChildren(
    ...found.map(([kind, one]) =>
      el(
        'li',
        null,
        el(
          'a',
          {
            href: `#/${kind}/${encodeURIComponent(one.name)}`,
            onclick: () => {
              input.value = '';
              $('found').hidden = true;
            },
          },
          el('span', null, one.name),
          el('span.mono.muted', null, one.ipv4 ?? one.mac),
        ),
      ),
    ),
  );
}

$('search').addEventListener('input', showFound);
$('search').addEventListener('keydown', event => {
  if (event.key === 'Enter') $('found').querySelector('a')?.click();
  if (event.key === 'ArrowDown') {
    $('found').querySelector('a')?.focus();
    event.preventDefault();
  }
});
document.addEventListener('click', event => {
  if (!event.target.closest('.search')) $('found').hidden = true;
});

const THEMES = [null, 'light', 'dark'];
function setTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
  graph.readColours();
}
try {
  setTheme(localStorage.getItem('theme'));
} catch {
  /* a browser without storage follows the system */
}
$('theme').addEventListener('click', () => {
  const now = document.documentElement.dataset.theme ?? null;
  const next = THEMES[(THEMES.indexOf(now) + 1) % THEMES.length];
  setTheme(next);
  say(next ? next + ' theme' : 'theme as the system has it');
  try {
    if (next) localStorage.setItem('theme', next);
    else localStorage.removeItem('theme');
  } catch {
    /* not remembered */
  }
});

// ---- time ------------------------------------------------------------------------------------------------

const PLAY = '<svg viewBox="0 0 20 20" aria-hidden="true"><path class="solid" d="M6 4l10 6-10 6z"/></svg>';
const PAUSE =
  '<svg viewBox="0 0 20 20" aria-hidden="true"><path class="solid" d="M5 4h3v12H5zM12 4h3v12h-3z"/></svg>';

function showTime() {
  const running = state.time.state === 'running';
  $('play').innerHTML = running ? PAUSE : PLAY;
  $('play').setAttribute('aria-label', running ? 'Pause' : 'Run');
  $('play').title = (running ? 'Pause' : 'Run') + ' (space)';
  [...$('speeds').children].forEach((button, at) =>
    button.setAttribute('aria-pressed', String(state.time.speed === SPEEDS[at][0])),
  );
  $('converged').textContent =
    state.time.converged_ms === undefined
      ? 'not converged yet'
      : 'converged after ' + durationText(state.time.converged_ms);
}

$('speeds').append(
  ...SPEEDS.map(([speed, text]) => el('button', { onclick: () => order('time', { speed }) }, text)),
);
const playPause = () => order('time', { state: state.time.state === 'running' ? 'paused' : 'running' });
$('play').addEventListener('click', playPause);
$('step').addEventListener('click', () => order('time', { step_ms: 100 }));

/** Events of the last minute as marks on a line that moves. */
function drawStrip() {
  const canvas = $('strip'),
    width = canvas.clientWidth,
    height = canvas.clientHeight,
    ratio = Math.min(2, devicePixelRatio || 1);
  if (!width) return;
  if (canvas.width !== Math.round(width * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const pen = canvas.getContext('2d'),
    now = nowMs(),
    colour = graph.colour;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.fillStyle = colour.line;
  pen.fillRect(0, height / 2 - 0.5, width, 1);
  for (let second = Math.floor(now / 10000) * 10000; second > now - 60000 && second >= 0; second -= 10000) {
    const x = width - ((now - second) / 60000) * width;
    pen.fillRect(x, height / 2 - 4, 1, 9);
  }
  for (const event of state.events) {
    const age = now - event.time_ms;
    if (age < 0 || age > 60000) continue;
    const tone = EVENT_COLOUR(event.kind),
      tall = tone === 'muted' ? 4 : 8;
    pen.fillStyle = colour[tone];
    pen.fillRect(width - (age / 60000) * width - 1, height / 2 - tall, 2, 2 * tall + 1);
  }
}

function tick() {
  if (!$('bar').hidden) {
    $('clock').textContent = clockText(nowMs());
    drawStrip();
  }
  if (!state.connected && state.lostAt) {
    $('veil').hidden = false;
    $('veil').firstElementChild.textContent =
      `No connection to limesh for ${Math.round((Date.now() - state.lostAt) / 1000)} s. The picture is the last one known.`;
  }
}
setInterval(tick, 100);

// ---- keys --------------------------------------------------------------------------------------------------

document.addEventListener('keydown', event => {
  const typing = event.target.matches('input, select, textarea');
  if (event.key === 'Escape') {
    // Back to the picture: the keys of the page count again, not those of a button.
    document.activeElement?.blur();
    $('search').value = '';
    $('found').hidden = true;
    return close();
  }
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === '/') {
    $('search').focus();
    event.preventDefault();
  } else if (event.key === ' ' && isLab() && !event.target.matches('button, summary')) {
    playPause();
    event.preventDefault();
  } else if (event.key === 'f') graph.fit();
  else if (event.key === 't' && !$('tunnels').hidden) $('tunnels').click();
  else if (event.key === '+') graph.zoom(1.3);
  else if (event.key === '-') graph.zoom(1 / 1.3);
});
$('tunnels').addEventListener('click', () => {
  graph.showTunnels(!graph.tunnels);
  $('tunnels').setAttribute('aria-pressed', String(graph.tunnels));
});
$('more').addEventListener('click', () => document.body.classList.add('sheet'));
$('zoom-in').addEventListener('click', () => graph.zoom(1.4));
$('zoom-out').addEventListener('click', () => graph.zoom(1 / 1.4));
$('zoom-fit').addEventListener('click', () => graph.fit());

// ---- what the stream says ------------------------------------------------------------------------------------

let lastWords = 0,
  wordsAsked = false;
/** Words are redrawn four times a second at most: faster cannot be read. */
function words() {
  if (wordsAsked) return;
  wordsAsked = true;
  setTimeout(
    () => {
      wordsAsked = false;
      lastWords = performance.now();
      panel.render();
      renderCard($('card'), { order, follow, uncovered: () => graph.touched || graph.fit() });
      if (view !== 'graph') showView();
    },
    Math.max(0, 250 - (performance.now() - lastWords)),
  );
}

onChange(what => {
  if (what === 'snapshot') {
    $('veil').hidden = true;
    forgetOwners();
    showHead();
    showTime();
    renderCard($('card'), { order, follow, uncovered: () => graph.touched || graph.fit() });
    graph.rebuild();
    $('tunnels').hidden = !state.layer3.exits.length;
    route();
  } else if (what === 'delta') {
    graph.update(upBefore);
    if (selected?.kind === 'path') showPath(selected);
    words();
  } else if (what === 'time') {
    showTime();
    tick();
  } else if (what === 'event') {
    words();
  }
  upBefore = new Map(state.nodes.map(node => [node.name, node.up]));
});

addEventListener('hashchange', route);
setInterval(() => {
  if (state.connected && selected) panel.refresh();
}, 2000);
connect();
// For tests and for the curious.
window.limesh = { state, graph, nodeOf, clientOf };

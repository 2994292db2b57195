// Ways to the Internet in words: the list of exits, and what a node or a client has to do with them.

import { state, get, canAct, canChoose, exitOf, exitOfClient as exitNameOf, exitNamed, rateText } from './state.js';
import { el, nodeLink, clientLink, row, heading, chooser, table, plug, pin } from './dom.js';

const exitNames = () => state.layer3.exits.map(exit => exit.node);

/** What is to be said of a line in two words. */
export function lineState(exit) {
  if (!exit.plugged) return ['unplugged', 'down'];
  return exit.internet ? ['Internet', 'up'] : ['no Internet', 'down'];
}

function plugButton(exit, hands, key, words) {
  return el(
    'button' + (exit.plugged ? '.bad' : '.strong'),
    {
      'data-key': key + exit.node,
      'aria-label': (exit.plugged ? 'Unplug the line of ' : 'Plug in the line of ') + exit.node,
      onclick: () => hands.order('actions', { [exit.plugged ? 'unplug' : 'plug']: exit.node }),
    },
    plug(),
    exit.plugged ? words[0] : words[1],
  );
}

export function exitList(hands) {
  const exits = state.layer3.exits;
  const parts = [el('h2', null, 'Exits')];
  if (!exits.length) return [...parts, el('p.muted', null, 'No node here has a line to the Internet.')];
  parts.push(
    el('p.muted', null, 'Each node chooses by itself; a person may choose for a node or for one client.'),
    table(
      ['Exit', 'Line', '#Offers', '#Nodes', '#Clients', '~Share', '~Why', ...(canAct() ? [''] : [])],
      exits.map(exit => {
        const [word, tone] = lineState(exit);
        const share = state.nodes.length ? exit.nodes / state.nodes.length : 0;
        const bar = el('b');
        bar.style.width = share * 100 + '%';
        return el(
          'tr',
          null,
          el('td', null, nodeLink(exit.node)),
          el('td', null, el('span.state.' + tone, null, word)),
          el('td.number', null, exit.offered ? rateText(exit.offered_bps) : '–'),
          el('td.number', null, String(exit.nodes)),
          el('td.number', null, String(exit.clients)),
          el('td.hide-small', null, el('span.tq', null, el('i', null, bar))),
          el('td.wrap.muted.small.hide-small', null, exit.reason),
          canAct() && el('td', null, plugButton(exit, hands, 'x-', ['Unplug', 'Plug in'])),
        );
      }),
    ),
  );
  if (canChoose()) parts.push(...choices(hands));
  return parts;
}

/** Who chose what, and a form to choose. */
function choices(hands) {
  const pins = state.layer3.pins;
  const whom = [...state.clients.map(client => client.name), ...state.nodes.map(node => node.name)];
  return [
    el('h3', null, 'Chosen by people'),
    pins.length
      ? table(
          ['For', 'Exit', 'State', ''],
          pins.map(one =>
            el(
              'tr',
              null,
              el('td', null, one.client ? clientLink(one.client) : nodeLink(one.node)),
              el('td', null, nodeLink(one.exit)),
              el('td', null, one.effective ? 'used' : 'not there now'),
              el(
                'td',
                null,
                el(
                  'button',
                  {
                    'data-key': 'unpin-' + (one.client ?? one.node),
                    onclick: () =>
                      hands.order('actions', {
                        unpin: one.client ? { client: one.client } : { node: one.node },
                      }),
                  },
                  'Let it choose',
                ),
              ),
            ),
          ),
        )
      : el('p.muted.small', null, 'Nobody has chosen: the numbers decide.'),
    whom.length
      ? el(
          'div.acts',
          null,
          chooser('Choose an exit for…', whom, name => (location.hash = hashOf(name)), 'choose-for'),
        )
      : null,
  ];
}

const hashOf = name =>
  (state.clients.some(client => client.name === name) ? '#/client/' : '#/node/') + encodeURIComponent(name);

function pinChooser(title, order, chosen, hands, key) {
  const names = exitNames();
  if (!canChoose() || !names.length) return null;
  const free = chosen ? ['(let it choose)'] : [];
  return chooser(
    title,
    [...names, ...free],
    name =>
      hands.order('actions', name === '(let it choose)' ? { unpin: order } : { pin: { ...order, exit: name } }),
    key,
  );
}

/** The section of a node's panel. tables: what /nodes/NAME/exits says, or null. */
export function exitsOfNode(node, tables, hands) {
  const parts = [];
  const own = exitNamed(node.name);
  if (own) {
    const [word, tone] = lineState(own);
    parts.push(
      el('h3', null, el('span', null, 'Line to the Internet'), el('span.state.' + tone, null, word)),
      el(
        'dl',
        null,
        row('Offered', own.offered ? rateText(own.offered_bps) : 'not now'),
        own.ipv4 && row('Address', el('span.mono', null, own.ipv4)),
        row('Used by', `${own.nodes} nodes, ${own.clients} clients`),
      ),
      own.reason ? el('p.muted.small', null, own.reason) : null,
      canAct() ? el('div.acts', null, plugButton(own, hands, 'own-', ['Unplug', 'Plug in'])) : null,
    );
    for (const check of tables?.uplink?.checks ?? []) {
      parts.push(
        el(
          'p.small' + (check.ok ? '.muted' : '.state.down'),
          null,
          `${check.ok ? '✓' : '✗'} ${check.kind} ${check.target}${check.detail ? ': ' + check.detail : ''}`,
        ),
      );
    }
  }
  if (!tables) return parts;
  parts.push(heading('Exits · why this one', tables.exits.length));
  if (!tables.exits.length) parts.push(el('p.muted.small', null, 'Nobody offers one.'));
  parts.push(
    el(
      'ul.why',
      null,
      tables.exits.map(exit =>
        el(
          'li' + (exit.used ? '.used' : ''),
          null,
          el(
            'div',
            null,
            nodeLink(exit.exit),
            el('span.right', null, exit.used ? 'used' : '', ' ', rateText(exit.announced_bps)),
          ),
          el('div.muted.small', null, exit.reason),
        ),
      ),
    ),
  );
  const chosen = tables.preferred;
  parts.push(
    el(
      'div.acts',
      null,
      chosen && el('span.chosen', null, pin(), `chosen: ${chosen}`),
      pinChooser('Choose an exit…', { node: node.name }, chosen, hands, 'pin-node'),
    ),
  );
  return parts;
}

/** The section of a client's panel. */
export function exitOfClient(client, hands) {
  if (!state.layer3.speaking) return [];
  const chosen = state.layer3.pins.find(one => one.client === client.name);
  const exit = exitNameOf(client);
  return [
    el('h3', null, 'Way to the Internet'),
    el(
      'dl',
      null,
      row('Exit', exit ? nodeLink(exit) : 'none'),
      row('Chosen by', chosen ? 'a person, for this client' : client.node ? `its node ${client.node}` : '–'),
    ),
    el(
      'div.acts',
      null,
      el(
        'button',
        { 'data-key': 'follow-internet', onclick: () => hands.follow(client.name, 'internet') },
        'Follow a packet',
      ),
      pinChooser('Choose an exit…', { client: client.name }, chosen, hands, 'pin-client'),
    ),
  ];
}

/** Links and tunnels of layer 3 in a node's panel. bmx7: what /nodes/NAME/bmx7 says. */
export function layer3Rows(bmx7, names) {
  if (!bmx7) return [];
  const active = bmx7.tunnels.filter(one => one.up);
  return [
    heading('Layer 3 · links', bmx7.links.length),
    el(
      'ul',
      null,
      bmx7.links.map(link =>
        el(
          'li',
          { title: `${link.nbLocalIp} on ${link.dev}` },
          names(link.name),
          el('span.right', null, `rq ${link.rq} tq ${link.tq} · ${link.txRate}`),
        ),
      ),
    ),
    heading('One-way tunnels', active.length),
    el(
      'ul',
      null,
      active
        .slice(0, 40)
        .map(one =>
          el(
            'li',
            { title: one.reason },
            el('span.mono', null, one.tunRoute),
            el('span.right', null, '→ ', names(one.remoteName), ' ', one.tunMtc),
          ),
        ),
    ),
  ];
}

/** What the stream does not carry. */
export async function loadLayer3(name) {
  const base = 'nodes/' + encodeURIComponent(name) + '/';
  const [exits, bmx7] = await Promise.all([
    get(base + 'exits').catch(() => null),
    get(base + 'bmx7?table=links&table=tunnels').catch(() => null),
  ]);
  return { exits, bmx7 };
}

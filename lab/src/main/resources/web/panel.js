// The right panel (a sheet on phones) and the lists: the same facts as the picture, in words.

import {
  state,
  get,
  isLab,
  isChatty,
  canAct,
  nodeOf,
  clientOf,
  linkTq,
  linkUp,
  nowMs,
  clockText,
  durationText,
  octetsText,
} from './state.js';
import {
  el,
  copyable,
  nodeLink,
  clientLink,
  row,
  badge,
  tqBar,
  heading,
  chooser,
  table,
  cross,
  phone,
  power,
  scissors,
} from './dom.js';
import { exitList, exitsOfNode, exitOfClient, layer3Rows, loadLayer3 } from './exits.js';
import { pathParts } from './follow.js';

/** Which node a hard interface's or primary MAC belongs to; filled from the nodes' configurations. */
const owners = new Map();
async function learnOwners(names) {
  const known = new Set(owners.values());
  await Promise.all(
    names
      .filter(name => !known.has(name))
      .slice(0, 60)
      .map(async name => {
        const node = nodeOf(name);
        owners.set(node.mac, name);
        if (node.known) {
          const config = await get(`nodes/${encodeURIComponent(name)}/config`);
          for (const hardif of config.batadv?.hardifs ?? []) owners.set(hardif.mac, name);
        }
      }),
  );
}
export function forgetOwners() {
  owners.clear();
}
const who = mac => (owners.has(mac) ? nodeLink(owners.get(mac)) : el('span.mono', null, mac));

export class Panel {
  /** hands: { order(path, body, done), close(), follow(from, to) } */
  constructor(root, hands) {
    this.root = root;
    this.hands = hands;
    this.selected = null;
    this.tables = null;
  }

  async show(selected) {
    this.selected = selected;
    this.tables = null;
    this.open = undefined;
    this.render();
    this.root.scrollTop = 0;
    await this.refresh();
  }

  /** Fetches what the stream does not carry. */
  async refresh() {
    const chosen = this.selected;
    if (chosen?.kind !== 'node' || !nodeOf(chosen.name)?.up || !nodeOf(chosen.name)?.known) return;
    const base = 'nodes/' + encodeURIComponent(chosen.name) + '/';
    try {
      const [originators, leases, counters, translation] = await Promise.all(
        ['originators', 'leases', 'counters', 'translation-global'].map(part => get(base + part)),
      );
      const layer3 = state.layer3.speaking ? await loadLayer3(chosen.name) : {};
      const cloud = nodeOf(chosen.name)?.cloud;
      await learnOwners(state.nodes.filter(node => node.cloud === cloud).map(node => node.name));
      if (this.selected !== chosen) return;
      this.tables = {
        originators: originators.originators,
        leases: leases.leases,
        counters,
        global: translation.translation_global,
        ...layer3,
      };
    } catch {
      this.tables = null;
    }
    this.render();
  }

  render() {
    // Somebody is choosing or typing in here: come back later.
    if (this.root.contains(document.activeElement) && document.activeElement.tagName === 'SELECT') return;
    const focus = this.root.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const open = this.root.querySelector('details')?.open;
    const chosen = this.selected;
    const parts = !chosen
      ? this.overview()
      : chosen.kind === 'node' && nodeOf(chosen.name)
        ? this.node(nodeOf(chosen.name))
        : chosen.kind === 'client' && clientOf(chosen.name)
          ? this.client(clientOf(chosen.name))
          : chosen.kind === 'path'
            ? [this.title(`${chosen.from} → ${chosen.to}`), ...pathParts(chosen, this.hands)]
            : this.overview();
    this.root.replaceChildren(el('div', { id: 'grip' }), ...parts.flat());
    const details = this.root.querySelector('details');
    if (details && open) details.open = true;
    if (focus) this.root.querySelector(`[data-key="${focus}"]`)?.focus();
  }

  title(text, mark, stateWord) {
    return el(
      'div.title',
      null,
      mark,
      el('h2', { title: text }, text),
      stateWord,
      el(
        'button.icon.close',
        { 'aria-label': 'Close', 'data-key': 'close', onclick: () => this.hands.close() },
        cross(),
      ),
    );
  }

  overview() {
    const down = state.nodes.filter(node => !node.up).length;
    const leased = state.clients.filter(client => client.ipv4).length;
    const parts = [
      el('h2', null, isLab() ? 'A living LibreMesh' : state.name),
      el(
        'p.muted',
        null,
        isLab()
          ? 'Every node here runs the same code as a real one. Nothing is recorded: what you see is happening now.'
          : 'What this node knows of its cloud.',
      ),
    ];
    parts.push(
      el('h3', null, 'Now'),
      el(
        'dl',
        null,
        row('Nodes up', `${state.nodes.length - down} of ${state.nodes.length}`),
        row('Links up', `${state.links.filter(linkUp).length} of ${state.links.length}`),
        row('Clients with an address', `${leased} of ${state.clients.length}`),
        state.layer3.routed !== undefined &&
          row('Nodes with all routes', `${state.layer3.routed} of ${state.layer3.speaking}`),
        state.layer3.exits.length > 0 &&
          row('Exits with Internet', `${state.layer3.exits.filter(one => one.internet).length} of ${state.layer3.exits.length}`),
        isLab() &&
          row(
            'Converged',
            state.time.converged_ms === undefined
              ? 'not yet'
              : 'after ' + durationText(state.time.converged_ms),
          ),
      ),
    );
    parts.push(
      el('h3', null, 'Clouds'),
      el(
        'ul',
        null,
        state.clouds.map(cloud =>
          el(
            'li',
            null,
            el('span.title', null, badge({ up: true, cloud: cloud.letter }), el('b', null, cloud.ssid)),
            el('span.right.mono', null, cloud.network4),
          ),
        ),
      ),
    );
    parts.push(
      el('h3', null, el('span', null, 'Latest'), el('a', { href: '#/log' }, 'all')),
      eventList(notable(state.events).slice(-8).reverse()),
    );
    return parts;
  }

  node(node) {
    const cloud = state.clouds.find(one => one.letter === node.cloud);
    const parts = [
      this.title(
        node.name,
        badge(node),
        el('span.state.' + (node.up ? 'up' : 'down'), null, node.up ? 'up' : 'down'),
      ),
    ];
    const acts = [];
    if (canAct()) {
      acts.push(
        node.up
          ? el(
              'button.bad',
              { 'data-key': 'fail', onclick: () => this.hands.order('actions', { fail: node.name }) },
              power(),
              'Switch off',
            )
          : el(
              'button.strong',
              { 'data-key': 'heal', onclick: () => this.hands.order('actions', { heal: node.name }) },
              power(),
              'Switch on',
            ),
      );
    }
    if (node.up && node.known) {
      acts.push(
        el(
          'a.button',
          {
            'data-key': 'capture',
            download: node.name + '.pcapng',
            title: 'Frames of the next 10 seconds, for Wireshark',
            href: `api/v1/capture?node=${encodeURIComponent(node.name)}&duration_ms=10000`,
          },
          'Capture 10 s',
        ),
      );
    }
    if (acts.length) parts.push(el('div.acts', null, acts));
    parts.push(
      el('h3', null, 'Addresses'),
      el(
        'dl',
        null,
        row('IPv4', node.ipv4 && copyable(node.ipv4)),
        row('IPv6', node.ipv6 && copyable(node.ipv6)),
        row('MAC', copyable(node.mac)),
        row('Host name', node.hostname),
        row('Cloud', cloud?.ssid),
        cloud?.anycast4 && row('Gateway', copyable(cloud.anycast4)),
        cloud?.anycast_mac && row('Gateway MAC', copyable(cloud.anycast_mac)),
      ),
    );
    if (node.up) parts.push(...exitsOfNode(node, this.tables?.exits, this.hands));
    parts.push(...this.neighbours(node));
    const clients = state.clients.filter(client => client.node === node.name);
    if (clients.length) {
      parts.push(
        heading('Clients', clients.length),
        el(
          'ul',
          null,
          clients.map(client =>
            el('li', null, clientLink(client.name), el('span.right.mono', null, client.ipv4 ?? 'no address')),
          ),
        ),
      );
    }
    if (this.tables && node.up) {
      parts.push(
        ...layer3Rows(this.tables.bmx7, name => (nodeOf(name) ? nodeLink(name) : el('span', null, name))),
        ...this.tablesOf(),
      );
    }
    return parts;
  }

  neighbours(node) {
    const links = state.links.filter(link => link.a.node === node.name || link.b.node === node.name);
    if (!links.length) return [heading('Neighbours', 0), el('p.muted.small', null, 'Nobody in reach.')];
    const rows = links
      .map(link => {
        const far = link.a.node === node.name;
        return {
          link,
          name: far ? link.b.node : link.a.node,
          there: far ? link.tq_there : link.tq_back,
          back: far ? link.tq_back : link.tq_there,
        };
      })
      .sort((a, b) => (b.there ?? -1) - (a.there ?? -1));
    return [
      heading('Neighbours · TQ there, back', links.filter(link => linkUp(link) && linkTq(link) > 0).length),
      el(
        'ul',
        null,
        rows.map(one =>
          el(
            'li',
            null,
            nodeLink(one.name),
            el(
              'span.right',
              null,
              linkUp(one.link)
                ? [tqBar(one.there), ' ', el('span', null, one.back === undefined ? '' : '/ ' + one.back)]
                : el('span.state.down', null, 'down'),
            ),
            canAct() &&
              el(
                'button.icon',
                {
                  'data-key': 'link-' + one.link.id,
                  title: one.link.up ? 'Cut this link' : 'Mend this link',
                  'aria-label': (one.link.up ? 'Cut the link to ' : 'Mend the link to ') + one.name,
                  onclick: () =>
                    this.hands.order('actions', { [one.link.up ? 'fail' : 'heal']: 'link ' + one.link.id }),
                },
                one.link.up ? scissors() : power(),
              ),
          ),
        ),
      ),
    ];
  }

  tablesOf() {
    const { originators, leases, counters, global } = this.tables;
    const best = originators.filter(one => one.best).sort((a, b) => b.tq - a.tq);
    const parts = [
      heading('Originators · best next hop', best.length),
      el(
        'ul',
        null,
        best
          .slice(0, 40)
          .map(one =>
            el(
              'li',
              null,
              who(one.orig_address),
              el(
                'span.right',
                null,
                'via ',
                owners.get(one.neigh_address) ?? one.neigh_address,
                ' ',
                tqBar(one.tq),
              ),
            ),
          ),
      ),
    ];
    if (leases.length) {
      parts.push(
        heading('Leases given here', leases.length),
        el(
          'ul',
          null,
          leases.map(lease =>
            el(
              'li',
              { title: `${lease.reason}; given by ${lease.granted_by_name}, confirmed by ${lease.confirmed_by_name}` },
              el(
                'span',
                null,
                lease.hostname || lease.mac,
                ' ',
                el('span.muted.small', null, durationText(lease.expires_in_ms)),
              ),
              copyable(lease.ipv4),
            ),
          ),
        ),
      );
    }
    const names = new Map(state.clients.map(client => [client.mac, client.name]));
    const phones = global.filter(one => one.best && names.has(one.tt_address));
    if (phones.length) {
      parts.push(
        heading('Clients elsewhere, as it knows', phones.length),
        el(
          'ul',
          null,
          phones
            .slice(0, 30)
            .map(one =>
              el(
                'li',
                null,
                clientLink(names.get(one.tt_address)),
                el(
                  'span.right',
                  null,
                  'at ',
                  owners.get(one.orig_address) ?? one.orig_address,
                  ' · TTVN ' + one.tt_ttvn,
                ),
              ),
            ),
        ),
      );
    }
    const entries = Object.entries(counters);
    parts.push(
      el(
        'details',
        null,
        el('summary', null, `Counters (${entries.length})`),
        el(
          'dl.small',
          null,
          entries.map(([name, value]) => row(name, value.toLocaleString('en'))),
        ),
      ),
    );
    return parts;
  }

  client(client) {
    const parts = [this.title(client.name, phone())];
    if (canAct()) {
      parts.push(
        el(
          'div.acts',
          null,
          chooser(
            'Roam to…',
            state.nodes.filter(node => node.name !== client.node && node.up).map(node => node.name),
            name => this.hands.order('actions', { roam: { client: client.name, to: name } }),
            'roam-to',
          ),
        ),
      );
    }
    parts.push(
      el(
        'div.acts',
        null,
        chooser(
          'Follow a packet to…',
          [
            'internet',
            'anycast',
            ...state.clients.filter(one => one !== client).map(one => one.name),
            ...state.nodes.map(node => node.name),
          ],
          name => this.hands.follow(client.name, name),
          'follow-to',
        ),
      ),
    );
    parts.push(...exitOfClient(client, this.hands));
    parts.push(
      el('h3', null, 'Addresses'),
      el(
        'dl',
        null,
        row('IPv4', client.ipv4 ? copyable(client.ipv4) : 'none yet'),
        row('MAC', copyable(client.mac)),
      ),
    );
    parts.push(
      el('h3', null, 'Place'),
      el(
        'dl',
        null,
        row('Node now', client.node && nodeLink(client.node)),
        row('Node before', client.node_before && nodeLink(client.node_before)),
        row('Here for', durationText(nowMs() - client.since_ms)),
        row('Longest gap', durationText(client.longest_gap_ms)),
        row(
          'Received / sent',
          octetsText(client.rx_octets) + ' / ' + octetsText(client.tx_octets) + ' octets',
        ),
      ),
    );
    const events = state.events
      .filter(event => event.text.includes(client.name) || event.text.includes(client.mac))
      .slice(-10)
      .reverse();
    if (events.length) parts.push(el('h3', null, 'What happened'), eventList(events));
    return parts;
  }
}

/** In a short list the chatty ones would hide the rest. */
function notable(events) {
  const rare = events.filter(event => !isChatty(event));
  return rare.length ? rare : events;
}

export function eventList(events) {
  if (!events.length) return el('p.muted.small', null, 'Nothing happened yet.');
  return el(
    'ul.events',
    null,
    events.map(event =>
      el(
        'li',
        { title: event.kind },
        el('span.t', null, clockText(event.time_ms)),
        el('span', null, event.node && el('b', null, event.node + ' '), event.text),
      ),
    ),
  );
}

// ---- lists: the graph in words, for keyboard and screen reader ---------------------------------------

export function renderList(root, view, hands, filter) {
  if (root.contains(document.activeElement) && ['SELECT', 'INPUT'].includes(document.activeElement.tagName))
    return;
  const focus = root.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const scroll = root.scrollTop;
  root.replaceChildren(
    ...{ nodes: nodeList, clients: clientList, exits: exitList, clouds: cloudList, log: logList }[view](hands, filter),
  );
  root.scrollTop = scroll;
  if (focus) root.querySelector(`[data-key="${CSS.escape(focus)}"]`)?.focus();
}

function nodeList(hands) {
  return [
    el('h2', null, 'Nodes'),
    table(
      ['Node', 'State', '~Cloud', 'IPv4', '~MAC', '#Neighbours', '#Clients', ...(canAct() ? [''] : [])],
      state.nodes.map(node =>
        el(
          'tr',
          null,
          el(
            'td',
            null,
            el(
              'span.title',
              null,
              badge(node),
              el(
                'a',
                { href: '#/node/' + encodeURIComponent(node.name), 'data-key': 'n-' + node.name },
                node.name,
              ),
            ),
          ),
          el('td', null, el('span.state.' + (node.up ? 'up' : 'down'), null, node.up ? 'up' : 'down')),
          el('td.hide-small', null, state.clouds.find(cloud => cloud.letter === node.cloud)?.ssid ?? ''),
          el('td.mono', null, node.ipv4 ?? '–'),
          el('td.mono.hide-small', null, node.mac),
          el(
            'td.number',
            null,
            String(
              state.links.filter(
                link =>
                  linkUp(link) &&
                  linkTq(link) > 0 &&
                  (link.a.node === node.name || link.b.node === node.name),
              ).length,
            ),
          ),
          el('td.number', null, String(state.clients.filter(client => client.node === node.name).length)),
          canAct() &&
            el(
              'td',
              null,
              el(
                'button.icon' + (node.up ? '' : '.bad'),
                {
                  'data-key': 'f-' + node.name,
                  title: node.up ? 'Switch off' : 'Switch on',
                  'aria-label': (node.up ? 'Switch off ' : 'Switch on ') + node.name,
                  onclick: () => hands.order('actions', { [node.up ? 'fail' : 'heal']: node.name }),
                },
                power(),
              ),
            ),
        ),
      ),
    ),
  ];
}

function clientList(hands) {
  if (!state.clients.length)
    return [el('h2', null, 'Clients'), el('p.muted', null, 'No phone or computer is attached.')];
  return [
    el('h2', null, 'Clients'),
    table(
      ['Client', 'Node', 'IPv4', '~MAC', '~Before', '#Longest gap', ...(canAct() ? ['Roam'] : [])],
      state.clients.map(client =>
        el(
          'tr',
          null,
          el(
            'td',
            null,
            el(
              'a',
              { href: '#/client/' + encodeURIComponent(client.name), 'data-key': 'c-' + client.name },
              client.name,
            ),
          ),
          el('td', null, client.node ?? '–'),
          el('td.mono', null, client.ipv4 ?? 'none yet'),
          el('td.mono.hide-small', null, client.mac),
          el('td.hide-small', null, client.node_before ?? '–'),
          el('td.number', null, durationText(client.longest_gap_ms)),
          canAct() &&
            el(
              'td',
              null,
              chooser(
                'Roam to…',
                state.nodes.filter(node => node.up && node.name !== client.node).map(node => node.name),
                name => hands.order('actions', { roam: { client: client.name, to: name } }),
                'r-' + client.name,
              ),
            ),
        ),
      ),
    ),
  ];
}

function cloudList() {
  return [
    el('h2', null, 'Clouds'),
    table(
      ['Cloud', '#VLAN', 'IPv4', '~IPv6', 'Gateway', '~Gateway MAC', '#Nodes'],
      state.clouds.map(cloud =>
        el(
          'tr',
          null,
          el(
            'td',
            null,
            el('span.title', null, badge({ up: true, cloud: cloud.letter }), el('b', null, cloud.ssid)),
          ),
          el('td.number', null, String(cloud.vlan)),
          el('td.mono', null, cloud.network4),
          el('td.mono.hide-small', null, cloud.network6),
          el('td.mono', null, cloud.anycast4 ?? '–'),
          el('td.mono.hide-small', null, cloud.anycast_mac ?? '–'),
          el('td.number', null, String(cloud.nodes.length)),
        ),
      ),
    ),
  ];
}

function logList(hands, filter) {
  const wanted = filter.trim().toLowerCase();
  const events = state.events.filter(
    event => !wanted || `${event.node} ${event.kind} ${event.text}`.toLowerCase().includes(wanted),
  );
  return [
    el('h2', null, 'Log'),
    wanted
      ? el('p.muted', null, `${events.length} events with “${filter}”`)
      : el('p.muted', null, 'Type into the search above to filter.'),
    table(
      ['Time', 'Node', '~Kind', 'What'],
      events
        .slice(-300)
        .reverse()
        .map(event =>
          el(
            'tr',
            null,
            el('td.mono', null, clockText(event.time_ms)),
            el('td', null, event.node && nodeOf(event.node) ? nodeLink(event.node) : event.node || '–'),
            el('td.mono.muted.hide-small', null, event.kind),
            el('td.wrap', null, event.text),
          ),
        ),
    ),
  ];
}

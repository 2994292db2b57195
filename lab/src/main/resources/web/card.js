// The card at the lower left: three sentences, three things to do. Each makes something visible happen at once.

import { state, canAct, nodeOf, linkUp, exitOfClient, exitNamed } from './state.js';
import { el, phone, plug, route, cross } from './dom.js';

let hidden = false;

/** "Ana's phone" for the client ana. */
const owner = name => (/^[a-z]+$/.test(name) ? name[0].toUpperCase() + name.slice(1) + '’s phone' : name);

/** Another working node of the same cloud, near the client if possible; not where it came from just now. */
function nextPlace(client) {
  const here = nodeOf(client.node);
  const near = state.links
    .filter(link => linkUp(link) && (link.a.node === client.node || link.b.node === client.node))
    .map(link => (link.a.node === client.node ? link.b.node : link.a.node))
    .map(nodeOf)
    .filter(node => node?.up && node.cloud === here?.cloud);
  const choices = near.length
    ? near
    : state.nodes.filter(node => node.up && node.cloud === here?.cloud && node !== here);
  return (choices.find(node => node.name !== client.node_before) ?? choices[0])?.name;
}

function sentences(client, exit) {
  const gateways = state.layer3.exits.filter(one => one.internet);
  const words = [
    state.clouds.length > 1
      ? `${state.clouds.length} clouds, each with its own Wi-Fi name: inside, phones roam and keep their address.`
      : 'One cloud: phones roam in it and keep their address.',
  ];
  if (!state.layer3.exits.length) {
    words.push('No node here has a line to the Internet.');
  } else if (!gateways.length) {
    words.push('No line leads to the Internet now.');
  } else {
    words.push(
      'Internet: ' + gateways.map(one => `${one.nodes} nodes go out at ${one.node}`).join(', ') + '.',
    );
  }
  if (client) {
    words.push(
      `${owner(client.name)} is at ${client.node ?? 'no node'}` + (exit ? ` and goes out at ${exit}.` : '.'),
    );
  }
  return words;
}

/** hands: { order(path, body), follow(from, to), uncovered() } */
export function renderCard(root, hands) {
  if (hidden || !canAct() || !state.nodes.length) {
    root.hidden = true;
    return;
  }
  root.hidden = false;
  const client = state.clients.find(one => one.node && one.ipv4) ?? state.clients.find(one => one.node);
  const place = client && nextPlace(client);
  const exit = client && exitOfClient(client);
  // The exit that was unplugged here stays on the button, so that it can be plugged in again.
  const pulled = state.layer3.exits.find(one => !one.plugged);
  const line = pulled ?? exitNamed(exit) ?? state.layer3.exits.find(one => one.internet) ?? state.layer3.exits[0];
  const other = state.clients.find(one => one !== client && one.node);
  const key = document.activeElement?.dataset.key;
  root.replaceChildren(
    el(
      'button.icon.close',
      {
        'aria-label': 'Close this card',
        onclick: () => {
          hidden = true;
          root.hidden = true;
          hands.uncovered();
        },
      },
      cross(),
    ),
    ...sentences(client, exit).map(text => el('p', null, text)),
    el(
      'div.try',
      null,
      place &&
        el(
          'button',
          {
            'data-key': 'try1',
            onclick: () => hands.order('actions', { roam: { client: client.name, to: place } }),
          },
          phone(),
          el('span', null, `Roam ${owner(client.name)}`, el('span.muted', null, 'to ' + place)),
        ),
      line &&
        el(
          'button',
          {
            'data-key': 'try2',
            onclick: () => hands.order('actions', { [line.plugged ? 'unplug' : 'plug']: line.node }),
          },
          plug(),
          el(
            'span',
            null,
            `${line.plugged ? 'Unplug' : 'Plug in'} gateway ${line.node}`,
            el('span.muted', null, line.plugged ? 'its cable to the Internet' : 'it will offer its line again'),
          ),
        ),
      client &&
        (line || other) &&
        el(
          'button',
          { 'data-key': 'try3', onclick: () => hands.follow(client.name, line ? 'internet' : other.name) },
          route(),
          el(
            'span',
            null,
            'Follow a packet',
            el('span.muted', null, `of ${client.name}, ` + (line ? 'to the Internet' : 'to ' + other.name)),
          ),
        ),
    ),
  );
  if (key?.startsWith('try')) root.querySelector(`[data-key="${key}"]`)?.focus();
}

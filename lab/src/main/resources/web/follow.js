// "Follow a packet": every hop there and back, with its layer and the headers on that link.

import { state, canAct } from './state.js';
import { el, chooser } from './dom.js';

const LAYERS = {
  access: ['Wi-Fi', 'access'],
  anycast: ['Wi-Fi', 'access'],
  layer2: ['layer 2', 'l2'],
  layer3: ['layer 3', 'l3'],
  internet: ['Internet', 'out'],
  beyond: ['?', 'beyond'],
};

/** Names that a packet passes, without those that nobody knows. */
export const stations = legs =>
  legs
    .flatMap(leg => (leg.layer === 'beyond' ? [] : leg.hops))
    .filter((name, at, all) => name !== all[at - 1]);

/** The outer addresses stand at each hop below. */
const said = text => text.replace(/^layer [23] \((bmx7|batman-adv)\),? ?/, '$1, ').replace(/, outer .*/, '');

/** Long IPv6 addresses by their ends; the whole is in the tooltip. */
const short = header =>
  header.replace(/\b([0-9a-f]{1,4}:[0-9a-f]{1,4}):[0-9a-f:]{12,}:([0-9a-f]{1,4})\b/g, '$1:…:$2');

function leg(one, number) {
  const [word, tone] = LAYERS[one.layer] ?? LAYERS.beyond;
  const steps = one.steps?.length ? one.steps : [{ from: one.hops[0], to: one.hops.at(-1), headers: [] }];
  return el(
    'li.leg',
    null,
    el(
      'div.legHead',
      null,
      el('span.chip.' + tone, null, word),
      el('span.legText', null, one.layer === 'beyond' ? `${one.hops.join(' › ')}: ${one.text}` : said(one.text)),
    ),
    one.layer === 'beyond'
      ? null
      : el(
          'ol',
          { start: number },
          steps.map((step, at) =>
            el(
              'li.step',
              null,
              el(
                'div.hop',
                null,
                el('b', null, `${step.from} → ${step.to}`),
                one.tq[at] === undefined ? null : el('span.muted', null, `TQ ${one.tq[at]}`),
              ),
              step.headers.map((header, depth) => {
                const line = el('div.header', { title: header }, short(header));
                line.style.marginLeft = depth * 10 + 'px';
                return line;
              }),
            ),
          ),
        ),
  );
}

function direction(title, legs, tone) {
  if (!legs.length) return [];
  let number = 1;
  return [
    el('h3', null, el('span', null, el('i.dot.' + tone), title), el('span', null, stations(legs).length - 1 + ' hops')),
    el(
      'ol.legs',
      null,
      legs.map(one => {
        const item = leg(one, number);
        number += one.layer === 'beyond' ? 0 : Math.max(1, one.steps?.length ?? 1);
        return item;
      }),
    ),
  ];
}

/** The panel. chosen: { from, to, path, problem } */
export function pathParts(chosen, hands) {
  const people = [...state.clients.map(one => one.name), ...state.nodes.map(one => one.name)];
  const parts = [
    el(
      'div.acts',
      null,
      chooser(
        'From…',
        people.filter(name => name !== chosen.from),
        name => hands.follow(name, chosen.to),
        'from',
      ),
      chooser(
        'To…',
        ['internet', 'anycast', ...people].filter(name => name !== chosen.to && name !== chosen.from),
        name => hands.follow(chosen.from, name),
        'to',
      ),
    ),
  ];
  const path = chosen.path;
  if (!path) return [...parts, el('p.muted', null, chosen.problem ?? 'Asking the tables…')];
  if (!path.reachable) parts.push(el('p.state.down', null, 'No complete way.'));
  parts.push(...direction('Going', path.going, 'going'), ...direction('Back', path.back, 'back'));
  if (path.note) parts.push(el('p.note', null, path.note));
  if (path.why?.length) {
    parts.push(
      el('h3', null, 'Why'),
      el(
        'ul.reasons',
        null,
        path.why.map(text => el('li', null, text)),
      ),
    );
  }
  if (canAct() && path.going.some(one => one.layer === 'internet')) {
    parts.push(
      el('p.muted.small', null, 'Unplug the exit, or drag the phone to another node: the way changes here at once.'),
    );
  }
  return parts;
}

// Small pieces of the page that several parts are made of. Nothing here knows what is selected.

import { cloudIndex, quality } from './state.js';

/** el('li.foo', {title: 'x'}, child, 'text') */
export function el(what, attributes, ...children) {
  const [tag, ...classes] = what.split('.');
  const node = document.createElement(tag);
  if (classes.length) node.className = classes.join(' ');
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
  return node;
}

export const copyable = text =>
  el(
    'button.copy',
    {
      title: 'Copy',
      onclick: event => {
        navigator.clipboard?.writeText(text);
        event.currentTarget.blur();
      },
    },
    text,
  );

export const nodeLink = name => el('a', { href: '#/node/' + encodeURIComponent(name) }, name);
export const clientLink = name => el('a', { href: '#/client/' + encodeURIComponent(name) }, name);
export const row = (key, value) => [el('dt', null, key), el('dd', null, value ?? '–')];

export function badge(node) {
  return el(
    'span.badge' + (node.up ? '.c' + (cloudIndex(node.cloud) % 6) : '.down'),
    { title: 'cloud ' + node.cloud },
    node.up ? node.cloud : '×',
  );
}

export function tqBar(tq) {
  if (tq === undefined) return el('span.muted', null, '?');
  const bar = el('b');
  bar.style.width = (tq / 255) * 100 + '%';
  return el('span.tq.' + quality(tq), null, el('i', null, bar), el('span', null, String(tq)));
}

export function heading(text, count) {
  return el('h3', null, el('span', null, text), el('span', null, String(count)));
}

export function chooser(title, names, pick, key) {
  const select = el(
    'select',
    { 'aria-label': title, 'data-key': key },
    el('option', { value: '' }, title),
    names.map(name => el('option', { value: name }, name)),
  );
  select.addEventListener('change', () => {
    const value = select.value;
    select.blur();
    if (value) pick(value);
  });
  return select;
}

function svg(markup) {
  const holder = document.createElement('template');
  holder.innerHTML = `<svg viewBox="0 0 20 20" aria-hidden="true">${markup}</svg>`;
  return holder.content.firstChild;
}
export const cross = () => svg('<path d="M5 5l10 10M15 5L5 15"/>');
export const phone = () => svg('<rect x="6" y="2.500" width="8" height="15" rx="1.500"/><path d="M9 15h2"/>');
export const power = () => svg('<path d="M10 3v7M6 5.500a6 6 0 1 0 8 0"/>');
export const plug = () => svg('<path d="M7 2.500v4M13 2.500v4M4.500 6.500h11v3a5.500 5.500 0 0 1-11 0zM10 15v3"/>');
export const pin = () => svg('<path d="M7 3h6l-1 6 3 3H5l3-3zM10 12v5"/>');
export const route = () =>
  svg(
    '<circle cx="4.500" cy="15" r="2"/><circle cx="15.500" cy="5" r="2"/><path d="M6.500 15H12a2.500 2.500 0 0 0 0-5H8a2.500 2.500 0 0 1 0-5h5.500"/>',
  );
export const scissors = () =>
  svg(
    '<circle cx="5" cy="5.500" r="2"/><circle cx="5" cy="14.500" r="2"/><path d="M6.700 6.700L17 14M6.700 13.300L17 6"/>',
  );

export function table(headers, rows) {
  return el(
    'div.card',
    null,
    el(
      'table',
      null,
      el(
        'thead',
        null,
        el(
          'tr',
          null,
          headers.map(text =>
            el(
              'th' + (text.startsWith('#') ? '.number' : text.startsWith('~') ? '.hide-small' : ''),
              { scope: 'col' },
              text.replace(/^[#~]/, ''),
            ),
          ),
        ),
      ),
      el('tbody', null, rows),
    ),
  );
}


// The picture: two canvases, one for what stands still (clouds, links, nodes), one for what moves (clients,
// drag, highlights). Panning and zooming move the last picture when a redraw is slow, and redraw when done.

import {
  state,
  betweenClouds,
  cloudIndex,
  exitNamed,
  linkTq,
  linkUp,
  quality,
  nodeOf,
  clientOf,
  rateText,
} from './state.js';
import { drawPacket, drawPlugs, drawTunnels, hitPlug, plugPlace } from './overlay.js';

const NODE_RADIUS = 11;
const CLIENT_SIZE = 7;
const SLOW_DRAW_MS = 14;
const MOVE_MS = 450;
const DARK_LETTER = '#16211c';

export class Graph {
  /** hands: { select(kind, name), roam(client, node), move(node, x, y, done), canAct() } */
  constructor(stage, tip, hands) {
    this.stage = stage;
    this.tip = tip;
    this.hands = hands;
    this.base = document.createElement('canvas');
    this.top = document.createElement('canvas');
    stage.append(this.base, this.top);
    this.view = { x: 0, y: 0, scale: 1 };
    this.drawn = { ...this.view };
    this.places = new Map();
    this.clientPlaces = new Map();
    this.pinned = new Map();
    this.selected = null;
    this.path = null;
    this.hover = null;
    this.drag = null;
    this.pointers = new Map();
    this.fitted = false;
    this.drawMs = 0;
    this.pulses = new Map();
    this.tunnels = false;
    this.still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.readColours();
    new ResizeObserver(() => this.resize()).observe(stage);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.readColours());
    this.listen();
  }

  // ---- what to show --------------------------------------------------------------------------------

  /** The set of nodes may have changed. */
  rebuild() {
    const unplaced = state.nodes.some(node => !node.at && !this.pinned.has(node.name));
    if (unplaced) this.layout();
    else this.takePlaces();
    this.dirty();
  }

  update(oldUp) {
    for (const node of state.nodes) {
      if (node.at) this.places.set(node.name, node.at);
      if (oldUp && oldUp.get(node.name) !== undefined && oldUp.get(node.name) !== node.up) {
        this.pulses.set(node.name, performance.now());
      }
    }
    this.dirty();
  }

  takePlaces() {
    for (const node of state.nodes) {
      const place = this.pinned.get(node.name) ?? node.at;
      if (place) this.places.set(node.name, place);
    }
    if (!this.fitted && state.nodes.length) this.fit();
  }

  layout() {
    const names = state.nodes.map(node => node.name);
    const index = new Map(names.map((name, at) => [name, at]));
    const edges = state.links
      .filter(link => index.has(link.a.node) && index.has(link.b.node))
      .map(link => [index.get(link.a.node), index.get(link.b.node)]);
    const fixed = state.nodes.map(
      node => this.pinned.get(node.name) ?? node.at ?? this.places.get(node.name) ?? null,
    );
    this.worker?.terminate();
    this.worker = new Worker('layout.js');
    this.worker.onmessage = ({ data }) => {
      names.forEach((name, at) => this.places.set(name, [data.x[at], data.y[at]]));
      if (!this.fitted) this.fit();
      this.dirty();
    };
    this.worker.postMessage({ count: names.length, edges, fixed, reach: 90 });
  }

  select(kind, name) {
    this.selected = kind ? { kind, name } : null;
    if (kind !== 'path') this.path = null;
    this.dirty();
  }

  /** ways: { going: [names], back: [names] } */
  showPath(ways) {
    const same = this.path && JSON.stringify([this.path.going, this.path.back]) === JSON.stringify([ways.going, ways.back]);
    this.path = { ...ways, since: same ? this.path.since : performance.now() };
    this.dirty();
  }

  /** Draws the tunnels of all nodes to their exits, not only of the selected one. */
  showTunnels(wanted) {
    this.tunnels = wanted;
    this.dirty();
  }

  readColours() {
    const probe = document.createElement('i');
    document.body.append(probe);
    const colour = name => {
      probe.style.color = `var(--${name})`;
      return getComputedStyle(probe).color;
    };
    this.colour = {};
    for (const name of ['bg', 'surface', 'line', 'ink', 'muted', 'brand', 'ok', 'warn', 'bad', 'info']) {
      this.colour[name] = colour(name);
    }
    this.clouds = [0, 1, 2, 3, 4, 5].map(at => colour('cloud-' + at));
    this.text = getComputedStyle(document.body).fontFamily;
    probe.remove();
    this.dirty();
  }

  // ---- the window ----------------------------------------------------------------------------------

  resize() {
    const { clientWidth: width, clientHeight: height } = this.stage;
    // Hidden behind a list: the picture stays as it is.
    if (!width || (width === this.width && height === this.height)) return;
    const old = this.width ? { width: this.width, height: this.height } : null;
    this.width = width;
    this.height = height;
    this.ratio = Math.min(2, devicePixelRatio || 1);
    for (const canvas of [this.base, this.top]) {
      canvas.width = width * this.ratio;
      canvas.height = height * this.ratio;
      canvas.style.width = width + 'px';
      canvas.style.height = height + 'px';
    }
    if (old && this.fitted) {
      this.view.x += (width - old.width) / 2;
      this.view.y += (height - old.height) / 2;
      if (!this.touched) this.fit();
    } else if (state.nodes.length && this.places.size) {
      this.fit();
    }
    this.dirty();
  }

  fit() {
    if (!this.width || !this.places.size) return;
    let left = Infinity,
      top = Infinity,
      right = -Infinity,
      bottom = -Infinity;
    for (const node of state.nodes) {
      const place = this.places.get(node.name);
      if (!place) continue;
      left = Math.min(left, place[0]);
      right = Math.max(right, place[0]);
      top = Math.min(top, place[1]);
      bottom = Math.max(bottom, place[1]);
    }
    const margin = Math.min(100, this.width * 0.14),
      upper = 84,
      lower = Math.max(84, this.covered() + 48);
    const scale = Math.min(
      (this.width - 2 * margin) / Math.max(1, right - left),
      (this.height - upper - lower) / Math.max(1, bottom - top),
      4,
    );
    this.view = {
      scale,
      x: this.width / 2 - ((left + right) / 2) * scale,
      y: upper + (this.height - upper - lower) / 2 - ((top + bottom) / 2) * scale,
    };
    this.fitted = true;
    this.touched = false;
    this.dirty();
  }

  /** Height at the lower edge that the card lies over. */
  covered() {
    const card = document.getElementById('card');
    return !card || card.hidden ? 0 : this.height - card.offsetTop;
  }

  zoom(factor, px = this.width / 2, py = this.height / 2) {
    const scale = Math.min(40, Math.max(0.02, this.view.scale * factor));
    const real = scale / this.view.scale;
    this.view = { scale, x: px - (px - this.view.x) * real, y: py - (py - this.view.y) * real };
    this.touched = true;
    this.moved();
  }

  toScreen([x, y]) {
    return [x * this.view.scale + this.view.x, y * this.view.scale + this.view.y];
  }
  toWorld(px, py) {
    return [(px - this.view.x) / this.view.scale, (py - this.view.y) / this.view.scale];
  }

  // ---- drawing -------------------------------------------------------------------------------------

  dirty() {
    this.baseDirty = true;
    this.ask();
  }

  ask() {
    if (!this.asked) {
      this.asked = true;
      requestAnimationFrame(() => this.frame());
    }
  }

  /** The window moved: redraw at once when that is quick, else show the old picture moved. */
  moved() {
    if (this.drawMs < SLOW_DRAW_MS) return this.dirty();
    const factor = this.view.scale / this.drawn.scale;
    const dx = this.view.x - this.drawn.x * factor,
      dy = this.view.y - this.drawn.y * factor;
    this.base.style.transform = `translate(${dx}px, ${dy}px) scale(${factor})`;
    clearTimeout(this.settle);
    this.settle = setTimeout(() => this.dirty(), 140);
    this.ask();
  }

  frame() {
    this.asked = false;
    if (!this.width) return;
    if (this.baseDirty) {
      const start = performance.now();
      this.baseDirty = false;
      this.drawBase();
      this.drawn = { ...this.view };
      this.base.style.transform = '';
      this.drawMs = performance.now() - start;
    }
    if (this.drawTop()) this.ask();
  }

  begin(canvas) {
    const pen = canvas.getContext('2d');
    pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    pen.clearRect(0, 0, this.width, this.height);
    return pen;
  }

  drawBase() {
    const pen = this.begin(this.base);
    this.screen = new Map();
    for (const node of state.nodes) {
      const place = this.places.get(node.name);
      if (place) this.screen.set(node.name, this.toScreen(place));
    }
    const crowd = state.nodes.length > 300;
    const gap = this.usualGap();
    this.radius = Math.max(crowd ? 2.5 : 5, Math.min(NODE_RADIUS, gap * 0.2));
    this.roomy = gap > 44;
    this.spacious = gap > 62;
    this.labels = [];
    this.taken = [];
    this.hulls = [];
    for (let at = 0; at < state.clouds.length; at++) this.drawHull(pen, state.clouds[at], at);
    this.drawLinks(pen);
    if (this.tunnels) drawTunnels(this, pen, null);
    else if (this.selected?.kind === 'node') drawTunnels(this, pen, this.selected.name);
    if (this.path) this.drawPath(pen);
    for (const node of state.nodes) this.drawNode(pen, node);
    drawPlugs(this, pen);
    this.drawCloudNames(pen);
    this.drawLabels(pen);
  }

  /** How far a node is from its nearest neighbour on the screen, for the middle one of a sample. */
  usualGap() {
    const points = [...this.screen.values()],
      sample = points.slice(0, 60),
      gaps = [];
    for (const a of sample) {
      let least = Infinity;
      for (const b of points) if (a !== b) least = Math.min(least, Math.hypot(a[0] - b[0], a[1] - b[1]));
      gaps.push(least);
    }
    return gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? Infinity;
  }

  drawHull(pen, cloud, at) {
    const rim = [];
    const pad = Math.min(38, this.radius * 2.2 + 12);
    for (const node of state.nodes) {
      const place = node.cloud === cloud.letter && this.screen.get(node.name);
      if (!place) continue;
      for (let turn = 0; turn < 16; turn++) {
        rim.push([
          place[0] + pad * Math.cos((turn * Math.PI) / 8),
          place[1] + pad * Math.sin((turn * Math.PI) / 8),
        ]);
      }
    }
    if (!rim.length) return;
    const hull = convexHull(rim);
    pen.beginPath();
    hull.forEach(([x, y], step) => (step ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.closePath();
    pen.fillStyle = pen.strokeStyle = this.clouds[at % 6];
    pen.globalAlpha = 0.1;
    pen.fill();
    pen.globalAlpha = 0.55;
    pen.lineWidth = 1;
    pen.setLineDash(at >= 6 ? [6, 4] : []);
    pen.stroke();
    pen.setLineDash([]);
    pen.globalAlpha = 1;
    this.hulls.push([cloud, hull]);
  }

  /** Name and network of each cloud, above or below it, where no node is. */
  drawCloudNames(pen) {
    pen.textAlign = 'center';
    pen.textBaseline = 'alphabetic';
    pen.lineJoin = 'round';
    pen.strokeStyle = this.colour.bg;
    pen.lineWidth = 4;
    for (const [cloud, hull] of this.hulls) {
      const xs = hull.map(point => point[0]),
        ys = hull.map(point => point[1]);
      const width = Math.max(...xs) - Math.min(...xs);
      if (width < 90) continue;
      const detail = [cloud.vlan ? 'VLAN ' + cloud.vlan : '', cloud.network4].filter(Boolean).join(' · ');
      pen.font = `12px ${this.text}`;
      const half = Math.max(pen.measureText(detail).width / 2 + 6, 40);
      const x = Math.min(this.width - half, Math.max(half, (Math.min(...xs) + Math.max(...xs)) / 2));
      const tall = this.roomy ? 34 : 18;
      const places = [Math.max(12, Math.min(...ys) - tall - 4), Math.max(...ys) + 6];
      const y = places.find(top => this.isFree([x - half, top, x + half, top + tall])) ?? places[0];
      this.taken.push([x - half, y, x + half, y + tall]);
      pen.font = `650 14px ${this.text}`;
      pen.fillStyle = this.colour.ink;
      pen.strokeText(cloud.ssid, x, y + 14);
      pen.fillText(cloud.ssid, x, y + 14);
      if (!this.roomy) continue;
      pen.font = `12px ${this.text}`;
      pen.fillStyle = this.colour.muted;
      pen.strokeText(detail, x, y + 30);
      pen.fillText(detail, x, y + 30);
    }
  }

  isFree(box) {
    return !this.taken.some(
      other => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1],
    );
  }

  drawLinks(pen) {
    const many = state.links.length > 1500;
    const chosen = this.selected?.kind === 'node' ? this.selected.name : null;
    pen.lineCap = 'round';
    for (const link of state.links) {
      const a = this.screen.get(link.a.node),
        b = this.screen.get(link.b.node);
      if (!a || !b) continue;
      if (
        Math.max(a[0], b[0]) < 0 ||
        Math.max(a[1], b[1]) < 0 ||
        Math.min(a[0], b[0]) > this.width ||
        Math.min(a[1], b[1]) > this.height
      )
        continue;
      const tq = linkTq(link),
        grade = !linkUp(link) ? 'dead' : betweenClouds(link) ? 'bridge' : quality(tq);
      const own = chosen && (link.a.node === chosen || link.b.node === chosen);
      const hot = own || (this.hover?.kind === 'link' && this.hover.link === link);
      pen.globalAlpha = hot ? 1 : chosen || this.path ? 0.28 : many ? 0.5 : 0.8;
      pen.strokeStyle =
        hot && grade !== 'dead' && grade !== 'poor'
          ? this.colour.info
          : {
              good: this.colour.brand,
              fair: this.colour.warn,
              poor: this.colour.bad,
              dead: this.colour.muted,
              unknown: this.colour.muted,
              bridge: this.colour.muted,
            }[grade];
      pen.lineWidth = ['dead', 'unknown', 'bridge'].includes(grade) ? 1.2 : (hot ? 1.5 : 0.8) + (2.2 * tq) / 255;
      pen.setLineDash({ good: [], fair: [9, 6], poor: [1, 5], dead: [1, 5], unknown: [4, 4], bridge: [12, 3, 2, 3] }[grade]);
      if (link.kind === 'cable') this.drawDouble(pen, a, b);
      else this.drawLine(pen, a, b);
      if (!link.up) this.drawCross(pen, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2);
    }
    pen.setLineDash([]);
    pen.globalAlpha = 1;
  }

  drawLine(pen, a, b) {
    pen.beginPath();
    pen.moveTo(a[0], a[1]);
    pen.lineTo(b[0], b[1]);
    pen.stroke();
  }

  drawDouble(pen, a, b) {
    const far = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
    const nx = (-(b[1] - a[1]) / far) * 2,
      ny = ((b[0] - a[0]) / far) * 2;
    pen.lineWidth = Math.max(1, pen.lineWidth / 2);
    this.drawLine(pen, [a[0] + nx, a[1] + ny], [b[0] + nx, b[1] + ny]);
    this.drawLine(pen, [a[0] - nx, a[1] - ny], [b[0] - nx, b[1] - ny]);
  }

  drawCross(pen, x, y) {
    pen.setLineDash([]);
    pen.globalAlpha = 0.9;
    pen.strokeStyle = this.colour.bad;
    pen.lineWidth = 2;
    this.drawLine(pen, [x - 4, y - 4], [x + 4, y + 4]);
    this.drawLine(pen, [x - 4, y + 4], [x + 4, y - 4]);
  }

  /** The way there and the way back, each on the right side of its own direction. */
  drawPath(pen) {
    const ways = [
      [this.path.going, this.colour.info, 3],
      [this.path.back, this.colour.warn, 3],
    ];
    pen.lineWidth = 4;
    for (const [names, colour, side] of ways) {
      pen.strokeStyle = colour;
      for (let at = 1; at < names.length; at++) {
        const a = this.screenOf(names[at - 1], names[at]),
          b = this.screenOf(names[at], names[at - 1]);
        if (!a || !b) continue;
        const far = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
        const nx = (-(b[1] - a[1]) / far) * side,
          ny = ((b[0] - a[0]) / far) * side;
        this.drawLine(pen, [a[0] + nx, a[1] + ny], [b[0] + nx, b[1] + ny]);
      }
    }
  }

  /** Somebody outside is drawn at the plug of the exit that the packet passes before or after. */
  screenOf(name, beside) {
    const place = this.screen.get(name);
    if (place) return place;
    if (beside && exitNamed(beside) && !clientOf(name)) return plugPlace(this, beside);
    const client = this.clientPlaces.get(name);
    return client ? [client.x, client.y] : null;
  }

  drawNode(pen, node) {
    const place = this.screen.get(node.name);
    if (!place) return;
    const [x, y] = place,
      radius = this.radius;
    if (x < -40 || y < -40 || x > this.width + 40 || y > this.height + 40) return;
    const at = cloudIndex(node.cloud),
      fill = this.clouds[at % 6];
    const chosen = this.selected?.kind === 'node' && this.selected.name === node.name;
    pen.beginPath();
    pen.arc(x, y, radius + 2.5, 0, 2 * Math.PI);
    pen.fillStyle = this.colour.surface;
    pen.fill();
    pen.beginPath();
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    if (node.up) {
      pen.fillStyle = fill;
      pen.fill();
    } else {
      pen.strokeStyle = this.colour.bad;
      pen.lineWidth = 2;
      pen.setLineDash([3, 3]);
      pen.stroke();
      pen.setLineDash([]);
    }
    if (chosen) {
      pen.beginPath();
      pen.arc(x, y, radius + 5, 0, 2 * Math.PI);
      pen.strokeStyle = this.colour.info;
      pen.lineWidth = 2.5;
      pen.stroke();
    }
    if (radius >= 7) {
      pen.font = `700 ${Math.round(radius)}px ${this.text}`;
      pen.textAlign = 'center';
      pen.textBaseline = 'middle';
      pen.fillStyle = !node.up ? this.colour.bad : at % 6 === 0 || at % 6 === 5 ? '#fff' : DARK_LETTER;
      pen.fillText(node.up ? node.cloud : '×', x, y + 0.5);
    }
    this.taken.push([x - radius, y - radius, x + radius, y + radius]);
    this.labels.push([
      node.name,
      x,
      y + radius + 4,
      chosen || (this.hover?.kind === 'node' && this.hover.name === node.name),
    ]);
  }

  /** Names where there is room, the chosen ones first. */
  drawLabels(pen) {
    const taken = this.taken;
    pen.font = `500 12px ${this.text}`;
    pen.textAlign = 'center';
    pen.textBaseline = 'top';
    pen.lineJoin = 'round';
    pen.lineWidth = 4;
    pen.strokeStyle = this.colour.bg;
    for (const [text, x, y, wanted] of this.labels.sort((a, b) => b[3] - a[3])) {
      const half = pen.measureText(text).width / 2;
      const box = [x - half - 3, y - 1, x + half + 3, y + 13];
      const covered = taken.some(
        other => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1],
      );
      if (!wanted && (covered || !this.roomy)) continue;
      taken.push(box);
      pen.strokeText(text, x, y);
      pen.fillStyle = wanted ? this.colour.ink : this.colour.muted;
      pen.fillText(text, x, y);
    }
  }

  /** Clients, pulses, drag. True while something moves. */
  drawTop() {
    const pen = this.begin(this.top),
      now = performance.now();
    let moving = this.placeClients(now);
    for (const [name, since] of this.pulses) {
      const age = (now - since) / 900,
        place = this.places.get(name);
      if (age >= 1 || !place) {
        this.pulses.delete(name);
        continue;
      }
      const [x, y] = this.toScreen(place);
      pen.beginPath();
      pen.arc(x, y, this.radius + 4 + age * 30, 0, 2 * Math.PI);
      pen.strokeStyle = nodeOf(name)?.up ? this.colour.ok : this.colour.bad;
      pen.globalAlpha = 1 - age;
      pen.lineWidth = 2;
      pen.stroke();
      pen.globalAlpha = 1;
      moving = true;
    }
    const names = this.spacious && (state.clients.length <= 60 || this.view.scale > 3);
    for (const client of state.clients) {
      const place = this.clientPlaces.get(client.name);
      if (place) this.drawClient(pen, client, place, names);
    }
    if (this.drag?.kind === 'client') this.drawDrag(pen);
    moving = drawPacket(this, pen, now) || moving;
    return moving;
  }

  drawDrag(pen) {
    const target = this.drag.target && this.screen.get(this.drag.target);
    if (target) {
      pen.beginPath();
      pen.arc(target[0], target[1], this.radius + 8, 0, 2 * Math.PI);
      pen.strokeStyle = this.colour.info;
      pen.lineWidth = 3;
      pen.stroke();
    }
    pen.setLineDash([3, 4]);
    pen.strokeStyle = this.colour.info;
    pen.lineWidth = 1.5;
    const home = this.screen.get(clientOf(this.drag.name)?.node);
    if (home) this.drawLine(pen, home, [this.drag.px, this.drag.py]);
    pen.setLineDash([]);
  }

  /** Clients stand around their node; one that roamed glides over. */
  placeClients(now) {
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const perNode = new Map();
    let moving = false;
    for (const client of state.clients) {
      const home = client.node && this.places.get(client.node);
      if (!home) {
        this.clientPlaces.delete(client.name);
        continue;
      }
      const order = perNode.get(client.node) ?? 0;
      perNode.set(client.node, order + 1);
      const angle = -Math.PI / 4 + order * 0.78,
        ring = this.radius + 4 + this.radius + Math.floor(order / 8) * 14;
      const [nx, ny] = this.toScreen(home);
      const place = this.clientPlaces.get(client.name) ?? { node: client.node, since: 0 };
      if (place.node !== client.node) {
        place.from = this.toWorld(place.x, place.y);
        place.node = client.node;
        place.since = still ? 0 : now;
      }
      let x = nx + ring * Math.cos(angle),
        y = ny + ring * Math.sin(angle);
      const age = (now - place.since) / MOVE_MS;
      if (place.from && age < 1) {
        const [fx, fy] = this.toScreen(place.from),
          ease = 1 - (1 - age) ** 3;
        x = fx + (x - fx) * ease;
        y = fy + (y - fy) * ease;
        moving = true;
      }
      if (this.drag?.kind === 'client' && this.drag.name === client.name) {
        x = this.drag.px;
        y = this.drag.py;
      }
      place.x = x;
      place.y = y;
      this.clientPlaces.set(client.name, place);
    }
    return moving;
  }

  drawClient(pen, client, place, named) {
    const chosen = this.selected?.kind === 'client' && this.selected.name === client.name;
    const hot = chosen || (this.hover?.kind === 'client' && this.hover.name === client.name);
    const width = (this.roomy ? CLIENT_SIZE : 5) + (hot ? 2 : 0),
      height = width * 1.6;
    pen.beginPath();
    pen.roundRect(place.x - width / 2, place.y - height / 2, width, height, 2);
    pen.fillStyle = client.ipv4 ? this.colour.surface : this.colour.bg;
    pen.strokeStyle = hot ? this.colour.info : client.ipv4 ? this.colour.ink : this.colour.bad;
    pen.lineWidth = hot ? 2.2 : 1.5;
    pen.fill();
    pen.stroke();
    if (named || hot) {
      pen.font = `${hot ? 600 : 400} 12px ${this.text}`;
      pen.textAlign = 'left';
      pen.textBaseline = 'middle';
      pen.lineJoin = 'round';
      pen.lineWidth = 3.5;
      pen.strokeStyle = this.colour.bg;
      pen.strokeText(client.name, place.x + width / 2 + 4, place.y);
      pen.fillStyle = this.colour.ink;
      pen.fillText(client.name, place.x + width / 2 + 4, place.y);
    }
  }

  // ---- hands ---------------------------------------------------------------------------------------

  listen() {
    const top = this.top;
    const at = event => {
      const box = this.stage.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    top.addEventListener(
      'wheel',
      event => {
        event.preventDefault();
        this.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), ...at(event));
      },
      { passive: false },
    );
    top.addEventListener('pointerdown', event => this.down(event, ...at(event)));
    top.addEventListener('pointermove', event => this.move(event, ...at(event)));
    top.addEventListener('pointerup', event => this.up(event, ...at(event)));
    top.addEventListener('pointercancel', event => {
      this.pointers.delete(event.pointerId);
      this.drag = null;
      this.ask();
    });
    top.addEventListener('pointerleave', () => {
      this.setHover(null);
    });
    top.addEventListener('dblclick', event => this.zoom(1.6, ...at(event)));
  }

  down(event, px, py) {
    this.top.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, [px, py]);
    if (this.pointers.size === 2) {
      this.drag = { kind: 'pinch', far: this.pinchFar() };
      return;
    }
    const hit = this.hit(px, py, event.pointerType === 'touch' ? 12 : 4);
    this.drag =
      hit && hit.kind !== 'link'
        ? { ...hit, px, py, startX: px, startY: py }
        : { kind: 'pan', hit, startX: px, startY: py, view: { ...this.view } };
    this.setHover(null);
  }

  pinchFar() {
    const [a, b] = [...this.pointers.values()];
    return Math.hypot(a[0] - b[0], a[1] - b[1]) || 1;
  }

  move(event, px, py) {
    if (this.pointers.has(event.pointerId)) this.pointers.set(event.pointerId, [px, py]);
    const drag = this.drag;
    if (!drag) return this.setHover(this.hit(px, py, 4), px, py);
    if (drag.kind === 'pinch' && this.pointers.size === 2) {
      const far = this.pinchFar(),
        [a, b] = [...this.pointers.values()];
      this.zoom(far / drag.far, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2);
      drag.far = far;
      return;
    }
    if (!drag.far && Math.hypot(px - drag.startX, py - drag.startY) < 4) return;
    drag.far = 1;
    if (drag.kind === 'pan') {
      this.stage.className = 'grabbing';
      this.touched = true;
      this.view.x = drag.view.x + px - drag.startX;
      this.view.y = drag.view.y + py - drag.startY;
      this.moved();
    } else if (drag.kind === 'client' && this.hands.canAct()) {
      drag.px = px;
      drag.py = py;
      const target = this.hit(px, py, 14, 'node');
      drag.target = target?.name;
      this.ask();
    } else if (drag.kind === 'node') {
      const place = this.toWorld(px, py);
      this.places.set(drag.name, place);
      this.touched = true;
      if (this.hands.canAct()) this.hands.move(drag.name, ...place, false);
      else this.pinned.set(drag.name, place);
      this.dirty();
    }
  }

  up(event, px, py) {
    this.pointers.delete(event.pointerId);
    const drag = this.drag;
    this.drag = null;
    this.stage.className = '';
    if (!drag || drag.kind === 'pinch') return;
    if (!drag.far && drag.kind === 'plug') {
      this.hands.plug(drag.name);
    } else if (!drag.far) {
      const hit = drag.kind === 'pan' ? null : drag;
      this.hands.select(hit?.kind ?? null, hit?.name);
    } else if (drag.kind === 'client') {
      if (drag.target && drag.target !== clientOf(drag.name)?.node && this.hands.canAct()) {
        this.hands.roam(drag.name, drag.target);
      }
    } else if (drag.kind === 'node' && this.hands.canAct()) {
      this.hands.move(drag.name, ...this.toWorld(px, py), true);
    }
    this.ask();
  }

  hit(px, py, slack, only) {
    if (!only) {
      const exit = hitPlug(this, px, py, Math.min(4, slack));
      if (exit) return { kind: 'plug', name: exit };
      for (const [name, place] of this.clientPlaces) {
        if (
          Math.abs(px - place.x) < CLIENT_SIZE / 2 + slack &&
          Math.abs(py - place.y) < CLIENT_SIZE + slack
        ) {
          return { kind: 'client', name };
        }
      }
    }
    let best = null,
      bestFar = (this.radius ?? NODE_RADIUS) + slack;
    for (const node of state.nodes) {
      const place = this.places.get(node.name);
      if (!place) continue;
      const [x, y] = this.toScreen(place),
        far = Math.hypot(px - x, py - y);
      if (far < bestFar) {
        best = { kind: 'node', name: node.name };
        bestFar = far;
      }
    }
    if (best || only) return best;
    return state.links.length > 1500 ? null : this.hitLink(px, py);
  }

  hitLink(px, py) {
    for (const link of state.links) {
      const a = this.screen?.get(link.a.node),
        b = this.screen?.get(link.b.node);
      if (!a || !b) continue;
      const ex = b[0] - a[0],
        ey = b[1] - a[1],
        square = ex * ex + ey * ey || 1;
      const along = Math.max(0, Math.min(1, ((px - a[0]) * ex + (py - a[1]) * ey) / square));
      if (Math.hypot(px - a[0] - along * ex, py - a[1] - along * ey) < 5)
        return { kind: 'link', name: link.id, link };
    }
    return null;
  }

  setHover(hit, px, py) {
    const changed = hit?.name !== this.hover?.name || hit?.kind !== this.hover?.kind;
    this.hover = hit;
    this.stage.className = hit && hit.kind !== 'link' ? 'point' : 'grab';
    this.tip.hidden = !hit;
    if (hit) {
      this.tip.textContent = this.describe(hit);
      const width = this.tip.offsetWidth,
        height = this.tip.offsetHeight;
      this.tip.style.left = Math.min(px + 14, this.width - width - 8) + 'px';
      this.tip.style.top = (py + 18 + height > this.height ? py - height - 10 : py + 18) + 'px';
    }
    if (changed) this.dirty();
  }

  describe(hit) {
    if (hit.kind === 'plug') {
      const exit = exitNamed(hit.name);
      return (
        `${hit.name}: ${exit.plugged ? (exit.internet ? 'Internet' : 'no Internet') : 'unplugged'}` +
        (exit.offered ? `\noffers ${rateText(exit.offered_bps)} to ${exit.nodes} nodes` : '') +
        (exit.reason ? `\n${exit.reason}` : '') +
        (this.hands.canAct() ? `\nclick: ${exit.plugged ? 'unplug' : 'plug in'}` : '')
      );
    }
    if (hit.kind === 'link') {
      const link = hit.link,
        part = value => (value === undefined ? '?' : value);
      const loss =
        link.loss_there === undefined
          ? ''
          : `\nloss ${(link.loss_there * 100).toFixed(1)} % / ${((link.loss_back ?? 0) * 100).toFixed(1)} %`;
      if (betweenClouds(link))
        return `${link.a.node} – ${link.b.node}   ${link.kind}${link.up ? '' : ', down'}\nbetween clouds: layer 3 only${loss}`;
      return `${link.a.node} – ${link.b.node}   ${link.kind}${link.up ? '' : ', down'}\nTQ ${part(link.tq_there)} / ${part(link.tq_back)}${loss}`;
    }
    if (hit.kind === 'client') {
      const client = clientOf(hit.name);
      return (
        `${hit.name}\n${client?.ipv4 ?? 'no address yet'}\n${client?.mac}` +
        (this.hands.canAct() ? '\ndrag to another node: roam' : '')
      );
    }
    const node = nodeOf(hit.name);
    return `${hit.name}${node?.up ? '' : ' (down)'}\n${node?.ipv4 ?? ''}\n${node?.mac}`;
  }
}

function convexHull(points) {
  points.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = list => {
    const chain = [];
    for (const p of list) {
      while (chain.length > 1) {
        const [a, b] = chain.slice(-2);
        if ((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]) > 0) break;
        chain.pop();
      }
      chain.push(p);
    }
    chain.pop();
    return chain;
  };
  return half(points).concat(half(points.reverse()));
}

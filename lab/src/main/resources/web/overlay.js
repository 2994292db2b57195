// What lies over nodes and links: plugs of the exits, tunnels, a packet that is followed. Pens are canvas contexts.

import { state, nodeOf, exitOf } from './state.js';

const HOP_MS = 650;
const REST_MS = 900;

/** Where the plug of an exit is drawn. */
export function plugPlace(graph, name) {
  const place = graph.screen?.get(name);
  return place && [place[0] + graph.radius + 13, place[1] - graph.radius - 11];
}

/** A plug on a cord; its colour and a slash say whether it leads anywhere. */
export function drawPlugs(graph, pen) {
  for (const exit of state.layer3.exits) {
    const node = nodeOf(exit.node),
      home = graph.screen.get(exit.node),
      place = plugPlace(graph, exit.node);
    if (!place) continue;
    const good = node?.up && exit.plugged && exit.internet,
      colour = good ? graph.colour.ok : graph.colour.bad;
    const [x, y] = place;
    pen.strokeStyle = colour;
    pen.lineWidth = 2;
    pen.lineCap = 'round';
    if (exit.plugged) {
      pen.beginPath();
      pen.moveTo(home[0] + graph.radius * 0.75, home[1] - graph.radius * 0.75);
      pen.lineTo(x - 4, y + 4);
      pen.stroke();
    }
    pen.beginPath();
    pen.arc(x, y, 8.5, 0, 2 * Math.PI);
    pen.fillStyle = graph.colour.surface;
    pen.fill();
    pen.stroke();
    // Two prongs and the body of a plug.
    pen.lineWidth = 1.6;
    pen.beginPath();
    pen.moveTo(x - 2, y - 5);
    pen.lineTo(x - 2, y - 2);
    pen.moveTo(x + 2, y - 5);
    pen.lineTo(x + 2, y - 2);
    pen.moveTo(x, y + 2);
    pen.lineTo(x, y + 5);
    pen.stroke();
    pen.beginPath();
    pen.moveTo(x - 4, y - 2);
    pen.lineTo(x + 4, y - 2);
    pen.arc(x, y - 2, 4, 0, Math.PI);
    pen.fillStyle = colour;
    pen.fill();
    if (!good) {
      pen.lineWidth = 2;
      pen.beginPath();
      pen.moveTo(x - 7, y + 7);
      pen.lineTo(x + 7, y - 7);
      pen.stroke();
    }
    graph.taken.push([x - 9, y - 9, x + 9, y + 9]);
  }
}

/** Name of the exit whose plug is here, or null. */
export function hitPlug(graph, px, py, slack) {
  for (const exit of state.layer3.exits) {
    const place = plugPlace(graph, exit.node);
    if (place && Math.hypot(px - place[0], py - place[1]) < 9 + slack) return exit.node;
  }
  return null;
}

/** Thin arcs from nodes to their exits, with an arrow head: the tunnel goes one way. */
export function drawTunnels(graph, pen, only) {
  pen.lineWidth = 1.2;
  for (const node of state.nodes) {
    if (only && node.name !== only) continue;
    const exit = exitOf(node.name);
    const from = graph.screen.get(node.name),
      to = exit && exit !== node.name && graph.screen.get(exit);
    if (!from || !to || !node.up) continue;
    pen.strokeStyle = pen.fillStyle = graph.colour.info;
    pen.globalAlpha = only ? 0.9 : 0.4;
    arc(pen, from, to, graph.radius + 4);
  }
  pen.globalAlpha = 1;
}

function arc(pen, from, to, gap) {
  const dx = to[0] - from[0],
    dy = to[1] - from[1],
    far = Math.hypot(dx, dy) || 1;
  const bend = Math.min(60, far * 0.16);
  const cx = (from[0] + to[0]) / 2 - (dy / far) * bend,
    cy = (from[1] + to[1]) / 2 + (dx / far) * bend;
  const ex = to[0] - cx,
    ey = to[1] - cy,
    end = Math.hypot(ex, ey) || 1;
  const tip = [to[0] - (ex / end) * gap, to[1] - (ey / end) * gap];
  pen.beginPath();
  pen.moveTo(from[0], from[1]);
  pen.quadraticCurveTo(cx, cy, tip[0], tip[1]);
  pen.stroke();
  const angle = Math.atan2(ey, ex);
  pen.beginPath();
  pen.moveTo(tip[0], tip[1]);
  pen.lineTo(tip[0] - 8 * Math.cos(angle - 0.4), tip[1] - 8 * Math.sin(angle - 0.4));
  pen.lineTo(tip[0] - 8 * Math.cos(angle + 0.4), tip[1] - 8 * Math.sin(angle + 0.4));
  pen.closePath();
  pen.fill();
}

/** The packet in slow motion, there and then back. True while it moves. */
export function drawPacket(graph, pen, now) {
  const path = graph.path;
  if (!path || graph.still) return false;
  const legs = [
    [path.going, graph.colour.info],
    [path.back, graph.colour.warn],
  ].filter(([names]) => names.length > 1);
  const total = legs.reduce((sum, [names]) => sum + (names.length - 1) * HOP_MS + REST_MS, 0);
  if (!total) return false;
  let time = (now - path.since) % total;
  for (const [names, colour] of legs) {
    const span = (names.length - 1) * HOP_MS;
    if (time < span) {
      const at = Math.floor(time / HOP_MS),
        part = (time % HOP_MS) / HOP_MS;
      const a = graph.screenOf(names[at], names[at + 1]),
        b = graph.screenOf(names[at + 1], names[at]);
      if (a && b) {
        pen.beginPath();
        pen.arc(a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part, 6, 0, 2 * Math.PI);
        pen.fillStyle = colour;
        pen.strokeStyle = graph.colour.surface;
        pen.lineWidth = 2;
        pen.fill();
        pen.stroke();
      }
      return true;
    }
    time -= span;
    if (time < REST_MS) return true;
    time -= REST_MS;
  }
  return true;
}

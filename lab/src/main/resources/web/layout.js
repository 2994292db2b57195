// Worker: finds places for nodes that nobody placed, by springs and repulsion, and stops when settled.

self.onmessage = message => {
  const { count, edges, fixed, reach } = message.data;
  const x = new Float64Array(count),
    y = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    // A sunflower: deterministic, and nothing starts on top of anything.
    const angle = i * 2.399963,
      radius = reach * 0.6 * Math.sqrt(i + 0.5);
    x[i] = fixed[i] ? fixed[i][0] : radius * Math.cos(angle);
    y[i] = fixed[i] ? fixed[i][1] : radius * Math.sin(angle);
  }
  const steps = count > 600 ? 90 : 240;
  const dx = new Float64Array(count),
    dy = new Float64Array(count);
  for (let step = 0; step < steps; step++) {
    const heat = reach * 0.5 * (1 - step / steps);
    dx.fill(0);
    dy.fill(0);
    repel(count, x, y, dx, dy, reach);
    for (const [a, b] of edges) {
      const ex = x[b] - x[a],
        ey = y[b] - y[a],
        far = Math.hypot(ex, ey) || 1;
      const pull = ((far - reach) / far) * 0.25;
      dx[a] += ex * pull;
      dy[a] += ey * pull;
      dx[b] -= ex * pull;
      dy[b] -= ey * pull;
    }
    for (let i = 0; i < count; i++) {
      if (fixed[i]) continue;
      const far = Math.hypot(dx[i], dy[i]) || 1,
        go = Math.min(far, heat) / far;
      x[i] += dx[i] * go - x[i] * 0.004;
      y[i] += dy[i] * go - y[i] * 0.004;
    }
  }
  self.postMessage({ x, y });
};

function repel(count, x, y, dx, dy, reach) {
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) {
      const ex = x[i] - x[j],
        ey = y[i] - y[j],
        square = ex * ex + ey * ey + 1;
      if (square > reach * reach * 16) continue;
      const push = ((reach * reach) / square) * 0.4;
      dx[i] += ex * push;
      dy[i] += ey * push;
      dx[j] -= ex * push;
      dy[j] -= ey * push;
    }
  }
}

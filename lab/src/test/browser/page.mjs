// Drives a real browser over the page. Run by PageInBrowserTest:
//   node page.mjs URL CHROMIUM [DIRECTORY-FOR-PICTURES]
// The network at URL is the barrio of SmallWorld: 24 nodes, 3 clouds, 6 clients.
import { chromium } from 'playwright-core';
import assert from 'node:assert/strict';

const [url, executablePath, pictures] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath,
  headless: true,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
const complaints = [];
const outside = [];

async function open(options, hash = '') {
  const context = await browser.newContext(options);
  await context.route('**/*', route => {
    if (route.request().url().startsWith(url)) return route.continue();
    outside.push(route.request().url());
    return route.abort();
  });
  const page = await context.newPage();
  page.on('console', message => {
    // A node may be switched off while its tables are being asked for: 503 is the right answer then.
    const expected = message.text().includes('status of 503');
    if (['error', 'warning'].includes(message.type()) && !expected) complaints.push(message.text());
  });
  page.on('pageerror', error => complaints.push(error.message));
  await page.goto(url + hash);
  await page.waitForFunction(() => window.limesh?.state.connected && window.limesh.graph.screen?.size > 0);
  return page;
}

const picture = (page, name) => (pictures ? page.screenshot({ path: `${pictures}/${name}.png` }) : null);
const placeOf = (page, kind, name) =>
  page.evaluate(
    ([kind, name]) => {
      const box = document.getElementById('stage').getBoundingClientRect();
      const graph = window.limesh.graph;
      const place =
        kind === 'node'
          ? graph.screen.get(name)
          : [graph.clientPlaces.get(name).x, graph.clientPlaces.get(name).y];
      return [place[0] + box.left, place[1] + box.top];
    },
    [kind, name],
  );

async function showGraph(page) {
  await page.click('nav a[data-view=graph]');
  await page.waitForSelector('#zoom', { state: 'visible' });
}

async function step(name, work) {
  const start = Date.now();
  await work();
  console.log(`ok  ${name}  ${Date.now() - start} ms`);
}

const page = await open({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' });

await step('the title is the network', async () => {
  assert.equal(await page.title(), 'barrio – Limesh');
  assert.equal(await page.textContent('#name'), 'barrio');
});

await step('every node is in the list', async () => {
  await page.click('nav a[data-view=nodes]');
  await page.waitForSelector('#list h2:has-text("Nodes")');
  assert.equal(await page.locator('#list tbody tr').count(), 24);
  await showGraph(page);
});

await step('dragging a phone onto a node makes it roam', async () => {
  const from = await placeOf(page, 'client', 'ana'),
    to = await placeOf(page, 'node', 'torre');
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move((from[0] + to[0]) / 2, (from[1] + to[1]) / 2, { steps: 4 });
  await page.mouse.move(...to, { steps: 4 });
  await page.mouse.up();
  await page.waitForFunction(() => window.limesh.clientOf('ana').node === 'torre');
  await page.click('nav a[data-view=clients]');
  await page.waitForSelector('#list h2:has-text("Clients")');
  assert.match(await page.locator('#list tbody tr').first().textContent(), /^anatorre10\.13\.100\.7/);
  await showGraph(page);
});

await step('a click on a node opens its tables', async () => {
  await page.mouse.click(...(await placeOf(page, 'node', 'plaza')));
  await page.waitForSelector('#panel h2:has-text("plaza")');
  assert.match(page.url(), /#\/node\/plaza$/);
  await page.waitForSelector('#panel h3:has-text("Originators")');
  await picture(page, 'node');
});

await step('switching it off and on again shows', async () => {
  await page.click('#panel button:has-text("Switch off")');
  await page.waitForSelector('#panel .state.down:has-text("down")');
  await page.click('#panel button:has-text("Switch on")');
  await page.waitForSelector('#panel .state.up');
});

await step('the keyboard finds and opens a client', async () => {
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  await page.keyboard.type('10.13.100.8');
  await page.keyboard.press('Enter');
  await page.waitForSelector('#panel h2:has-text("beto")');
  assert.match(page.url(), /#\/client\/beto$/);
});

await step('the keyboard alone roams a client', async () => {
  await page.click('nav a[data-view=clients]');
  await page.waitForSelector('#list h2:has-text("Clients")');
  await page.getByLabel('Roam to…').nth(1).selectOption('cuesta');
  await page.waitForFunction(() => window.limesh.clientOf('beto').node === 'cuesta');
});

await step('following a frame names every hop', async () => {
  await page.goto(url + '#/path/ana/beto');
  await page.waitForSelector('#panel .legs');
  const hops = await page.locator('#panel .legs').first().textContent();
  assert.match(hops, /ana → torre.*cuesta → beto/s);
  await picture(page, 'path');
});

await step('the card unplugs a gateway, the list of exits plugs it in again', async () => {
  await page.keyboard.press('Escape');
  await showGraph(page);
  await page.click('#card button:has-text("Unplug gateway norte")');
  await page.waitForSelector('#card button:has-text("Plug in gateway norte")');
  assert.match(await page.textContent('#card'), /24 nodes go out at faro/);
  await page.click('nav a[data-view=exits]');
  await page.waitForSelector('#list .state.down:has-text("unplugged")');
  await page.click('#list button:has-text("Plug in")');
  await page.waitForFunction(() => window.limesh.state.layer3.exits.every(exit => exit.plugged));
  await showGraph(page);
  await page.click('#card button:has-text("Follow a packet")');
  await page.waitForSelector('#panel .legs');
  assert.match(page.url(), /#\/path\/ana\/internet$/);
});

await step('space pauses, and the clock stands', async () => {
  await page.keyboard.press('Escape');
  await page.keyboard.press(' ');
  await page.waitForFunction(() => window.limesh.state.time.state === 'paused');
  await page.waitForTimeout(250);
  const before = await page.textContent('#clock');
  await page.waitForTimeout(400);
  assert.equal(await page.textContent('#clock'), before);
  await page.keyboard.press(' ');
  await page.waitForFunction(() => window.limesh.state.time.state === 'running');
});

await step('the dark page draws', async () => {
  const dark = await open({ viewport: { width: 1280, height: 800 }, colorScheme: 'dark' });
  const ground = await dark.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(ground, 'rgb(15, 22, 20)');
  await picture(dark, 'dark');
  await dark.context().close();
});

await step('a phone shows the panel as a sheet and nothing is cut off', async () => {
  const phone = await open({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  assert.equal(await phone.evaluate(() => document.documentElement.scrollWidth), 390);
  await phone.tap('#more');
  await phone.waitForFunction(() => document.querySelector('#panel').getBoundingClientRect().top < 600);
  await picture(phone, 'phone');
  await phone.context().close();
});

assert.deepEqual(complaints, [], 'the console stays silent');
assert.deepEqual(outside, [], 'nobody outside is asked');
console.log('ok  no complaint in the console, no request to outside');
await browser.close();

'use strict';
// Asks /v1/status each second while somebody looks. Rates that the page draws are differences between two answers.

const INTERVAL_MS = 1000;
const TIMEOUT_MS = 4000;
const POINTS_MAX = 90;
// A block a second and a question a second beat against each other: charts show the mean of the last few seconds.
const SMOOTH_MS = 4000;
const STAGES = ['order', 'plan', 'execute', 'validate', 'apply', 'root', 'commit'];
const SVG = 'http://www.w3.org/2000/svg';

const $ = id => document.getElementById(id);
const series = { block: [], tps: [], gas: [], pool: [] };
const earlier = [];
let last = null;
let lastAnswerAt = 0;
let timer = 0;

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

function figure(value) {
  if (value === null || value === undefined) return '–';
  if (value >= 10000) return compact.format(value);
  return value >= 100 || Number.isInteger(value) ? whole.format(value) : value.toFixed(value >= 10 ? 1 : 2);
}

function milliseconds(value) {
  if (value >= 1000) return (value / 1000).toFixed(2) + ' s';
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2) + ' ms';
}

function duration(ms) {
  const seconds = Math.floor(ms / 1000);
  if (ms < 1000) return Math.max(0, Math.round(ms)) + ' ms';
  if (seconds < 120) return seconds + ' s';
  if (seconds < 7200) return Math.floor(seconds / 60) + ' min';
  return seconds < 172800 ? Math.floor(seconds / 3600) + ' h' : Math.floor(seconds / 86400) + ' d';
}

function bytes(value) {
  for (const unit of ['B', 'KB', 'MB', 'GB']) {
    if (value < 1000) return (value < 10 && unit !== 'B' ? value.toFixed(1) : Math.round(value)) + ' ' + unit;
    value /= 1000;
  }
  return value.toFixed(1) + ' TB';
}

const price = wei => wei >= 1e6 ? (wei / 1e9).toPrecision(3) + ' gwei' : whole.format(wei) + ' wei';

const short = hash => hash.slice(0, 10) + '…' + hash.slice(-6);

function text(id, value) {
  const element = $(id);
  if (element.textContent !== value) element.textContent = value;
}

function node(tag, className, content) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (content !== undefined) element.textContent = content;
  return element;
}

function row(...cells) {
  const tr = node('tr');
  for (const cell of cells) {
    const td = node('td', cell.className);
    td.append(cell.node ?? cell.text);
    tr.append(td);
  }
  return tr;
}

const number = value => ({ text: value, className: 'n' });

// Left out where the page is narrow.
const optional = value => ({ text: value, className: 'n more' });

function bar(share, label, hint) {
  const box = node('div', 'bar');
  if (hint) box.title = hint;
  const track = node('u');
  const fill = node('i');
  fill.style.width = Math.max(0, Math.min(1, share)) * 100 + '%';
  track.append(fill);
  box.append(track, node('span', '', label));
  return { node: box };
}

function push(name, value) {
  series[name].push(value);
  if (series[name].length > POINTS_MAX) series[name].shift();
  draw($('spark-' + name), series[name]);
}

function drawBars(svg, values) {
  const top = Math.max(...values, 1e-9);
  svg.setAttribute('viewBox', '0 0 100 40');
  svg.replaceChildren(...values.map((value, i) => {
    const rect = document.createElementNS(SVG, 'rect');
    const height = Math.max(1.5, (value / top) * 38);
    const facts = { x: 100 - (values.length - i) * 8.4, y: 40 - height, width: 6.4, height, rx: 0.8 };
    for (const [name, fact] of Object.entries(facts)) rect.setAttribute(name, fact.toFixed(2));
    return rect;
  }));
}

function draw(svg, values) {
  const top = Math.max(...values, 1e-9) * 1.08;
  const step = 100 / (POINTS_MAX - 1);
  const start = 100 - (values.length - 1) * step;
  const points = values.map((v, i) => (start + i * step).toFixed(2) + ' ' + (40 - (v / top) * 38).toFixed(2));
  svg.setAttribute('viewBox', '0 0 100 40');
  if (!svg.firstChild) {
    for (const name of ['area', 'line']) {
      const path = document.createElementNS(SVG, 'path');
      path.setAttribute('class', name);
      svg.append(path);
    }
  }
  const line = 'M' + points.join('L');
  svg.firstChild.setAttribute('d', line + 'L100 40L' + start.toFixed(2) + ' 40Z');
  svg.lastChild.setAttribute('d', line);
}

function showHead(status) {
  const { head, rates, totals } = status;
  text('chain', 'chain ' + status.chainId);
  text('version', status.clientVersion);
  text('head', whole.format(head.number));
  text('head-hash', short(head.hash));
  drawBars($('spark-head'), status.recentBlocks.map(block => block.gasUsed).reverse());
  text('head-note', `${whole.format(head.transactionCount)} tx, ${duration(status.unixMs - head.timestamp * 1000)} old`);
  document.title = `Grid #${head.number}`;
  const time = rates.blockTimeMs;
  text('block-time', time === null ? '–' : time >= 1000 ? (time / 1000).toFixed(2) : time.toFixed(0));
  text('block-time-unit', time === null ? '' : time >= 1000 ? 's' : 'ms');
  text('block-note', totals.abortedBlocks ? `${whole.format(totals.abortedBlocks)} given up` : `${whole.format(totals.blocks)} blocks since the start`);
  text('tps', figure(rates.transactionsPerSecond));
  text('tps-note', `${figure(totals.transactions)} since the start`);
  text('gas', rates.gasPerSecond === null ? '–' : figure(rates.gasPerSecond / 1e6));
  text('gas-note', `base fee ${price(Number(status.nextBaseFeePerGas))}`);
}

function showStages(stages) {
  const values = STAGES.map(name => stages[name + 'Ms']);
  const box = $('stages');
  const legend = $('stage-legend');
  if (!box.firstChild) {
    STAGES.forEach((name, i) => {
      box.append(node('i', 'c' + i));
      const item = node('div');
      item.append(node('i', 'c' + i), node('dt', '', name), node('dd', '', ''));
      legend.append(item);
    });
  }
  values.forEach((value, i) => {
    box.children[i].style.flexGrow = String(value);
    legend.children[i].lastChild.textContent = milliseconds(value);
  });
  text('stage-total', milliseconds(stages.totalMs));
}

function showPool(pool) {
  text('pending', figure(pool.pending));
  text('queued', figure(pool.queued));
  text('oldest', pool.oldestAgeMs === null ? '–' : duration(pool.oldestAgeMs));
  text('pool-total', `${whole.format(pool.pending + pool.queued)} of ${whole.format(pool.limit)}`);
  const reasons = Object.entries(pool.rejected).sort((a, b) => b[1] - a[1]).slice(0, 3);
  text('rejected', reasons.length ? 'refused: ' + reasons.map(([name, count]) => `${name} ${whole.format(count)}`).join(', ') : 'nothing refused');
}

function showBlocks(status) {
  const most = Math.max(1, ...status.recentBlocks.map(block => block.gasUsed));
  $('blocks').replaceChildren(...status.recentBlocks.map(block => {
    const link = node('a', '', whole.format(block.number));
    link.href = '/v1/blocks/' + block.number;
    const share = block.gasUsed / most;
    return row({ node: link }, number(whole.format(block.transactionCount)), bar(share, compact.format(block.gasUsed), `${(block.gasUsed / block.gasLimit * 100).toPrecision(2)} % of the limit`),
      number(bytes(block.sizeBytes)), number(duration(status.unixMs - block.timestamp * 1000)));
  }));
}

function showAccounts(silos) {
  const accounts = silos.flatMap(silo => silo.hottestAccounts).sort((a, b) => b.touches + b.turns - a.touches - a.turns).slice(0, 12);
  const most = Math.max(1, ...accounts.map(account => account.touches));
  $('accounts').replaceChildren(...accounts.map(account => {
    const link = node('a');
    link.href = '/v1/accounts/' + account.address;
    link.append(node('code', '', short(account.address)));
    return row({ node: link }, bar(account.touches / most, figure(account.touches)), number(figure(account.turns)),
      optional(milliseconds(account.busyMs)), optional(bytes(account.bytes)));
  }));
  if (!accounts.length) $('accounts').append(row({ text: 'no transactions yet', className: 'empty' }));
}

const ADVICE = {
  none: 'nothing needed',
  splitSlot: 'keep it in several slots, one for each group of callers',
  severalSenders: 'send from several accounts',
  severalCreators: 'create with several contracts',
};

// Slots of mappings are hashes; others are small numbers.
const slotName = slot => BigInt(slot) < 1_000_000n ? String(BigInt(slot)) : short(slot);

function showContended(silos) {
  const places = silos.flatMap(silo => silo.contendedPlaces).sort((a, b) => b.gasShare - a.gasShare).slice(0, 8);
  $('contended').replaceChildren(...places.map(place => {
    const link = node('a');
    link.href = '/v1/accounts/' + place.account;
    link.append(node('code', '', short(place.account)), node('span', '', place.slot === null ? ' nonce' : ' slot ' + slotName(place.slot)));
    const calls = place.called === null ? 'creations' : short(place.called) + (place.selector === null ? '' : ' ' + place.selector);
    return row({ node: link }, bar(place.gasShare, `${(place.gasShare * 100).toFixed(0)} %`), number(figure(place.transactions)), { text: calls, className: 'more' }, { text: ADVICE[place.advice] });
  }));
  if (!places.length) $('contended').append(row({ text: 'nothing: larger blocks run side by side', className: 'empty' }));
}

function showSilos(status) {
  const before = new Map((last?.silos ?? []).map(silo => [silo.silo, silo]));
  const seconds = last ? (status.unixMs - last.unixMs) / 1000 : 0;
  const activations = status.silos.flatMap(silo => silo.grainTypes).reduce((sum, type) => sum + type.activations, 0);
  text('silo-count', `${status.silos.length} ${status.silos.length === 1 ? 'silo' : 'silos'}, ${whole.format(activations)} activations`);
  $('silos').replaceChildren(...status.silos.map(silo => {
    const old = before.get(silo.silo);
    const box = node('div', 'silo');
    const title = node('h3', '', silo.name);
    title.title = silo.silo;
    const busy = old && seconds > 0 ? ` ${Math.min(100, Math.max(0, (silo.lanesBusyMs - old.lanesBusyMs) / seconds / 10 / silo.lanes)).toFixed(0)} % busy` : '';
    for (const fact of [`up ${duration(silo.uptimeMs)}`, `head ${whole.format(silo.headNumber)}`, `${silo.shards.length} shards`,
      `${silo.lanes} ${silo.lanes === 1 ? 'lane' : 'lanes'}${busy}, ${silo.laneQueue} waiting`, `${bytes(silo.workingSetBytes)} memory`]) {
      title.append(node('span', '', fact));
    }
    const table = node('table');
    const head = node('tr');
    ['Grain type', 'Activations', 'Turns', 'Turns/s', 'Now', 'Mean', 'Longest', 'Errors'].forEach((name, i) => head.append(node('th', i === 0 ? '' : i > 3 && i < 7 ? 'n more' : 'n', name)));
    const body = node('tbody');
    for (const type of [...silo.grainTypes].sort((a, b) => b.turns - a.turns)) {
      const past = old?.grainTypes.find(other => other.grainType === type.grainType);
      const rate = past && seconds > 0 ? Math.max(0, (type.turns - past.turns) / seconds) : null;
      body.append(row({ text: type.grainType }, number(figure(type.activations)), number(figure(type.turns)), number(rate === null ? '–' : figure(Math.round(rate))),
        optional(figure(type.inTurn)), optional(type.turns ? milliseconds(type.busyMs / type.turns) : '–'), optional(milliseconds(type.longestMs)),
        { text: figure(type.errors), className: type.errors ? 'n err' : 'n' }));
    }
    const thead = node('thead');
    thead.append(head);
    table.append(thead, body);
    const scroll = node('div', 'scroll');
    scroll.append(table);
    box.append(title, scroll, executionOf(silo.execution));
    return box;
  }));
}

// What an operator has decided, and what would help.
function showShards({ pins, moves }) {
  $('pins').hidden = !pins.length;
  text('pins', 'pinned: ' + pins.map(pin => `shard ${pin.shard} to ${pin.silo}`).join(', '));
  $('moves').hidden = !moves.length;
  $('moves').replaceChildren(...moves.flatMap(move => [
    `${(move.share * 100).toFixed(0)} % of the turns of ${move.fromSilo}'s hot accounts are of shard ${move.shard}, most of them of ${short(move.account)}. What would help: `,
    node('code', '', `grid pin --shard ${move.shard} --silo ${move.toSilo}`)]));
}

function executionOf(execution) {
  const predictions = execution.predictions;
  const compared = predictions.right + predictions.partly + predictions.wrong;
  const share = (part, all) => all ? `${(100 * part / all).toFixed(part === all ? 0 : 1)} %` : '–';
  const fallbacks = Object.entries(execution.fallbacks).filter(([, blocks]) => blocks).map(([reason, blocks]) => `${reason} ${figure(blocks)}`);
  return node('p', 'execution', !execution.blocks ? 'no block executed yet' : [
    `${(execution.executions / Math.max(1, execution.transactions)).toFixed(3)} executions a transaction`,
    `${(execution.waves / execution.blocks).toFixed(2)} waves a block`,
    `${figure(execution.anchored)} strands in grains' turns`,
    `width of the last block ${execution.achievedWidth.toFixed(2)} of ideal ${execution.idealWidth.toFixed(1)}`,
    `predictions right ${share(predictions.right, compared)}, partly ${share(predictions.partly, compared)}, wrong ${share(predictions.wrong, compared)}`,
    `as one strand: ${fallbacks.join(', ') || 'none'}`].join(' · '));
}

function chart(status) {
  // The coordinator counts from zero when it is activated anew.
  if (last && status.totals.blocks < last.totals.blocks) earlier.length = 0;
  while (earlier.length > 1 && status.unixMs - earlier[1].unixMs >= SMOOTH_MS) earlier.shift();
  const past = earlier[0];
  if (past && status.unixMs > past.unixMs) {
    const seconds = (status.unixMs - past.unixMs) / 1000;
    push('tps', (status.totals.transactions - past.totals.transactions) / seconds);
    push('gas', (status.totals.gasUsed - past.totals.gasUsed) / seconds);
  }
  if (!last || status.unixMs > last.unixMs) earlier.push({ unixMs: status.unixMs, totals: status.totals });
  if (status.rates.blockTimeMs !== null) push('block', status.rates.blockTimeMs);
  push('pool', status.pool.pending + status.pool.queued);
}

function show(status) {
  showHead(status);
  showStages(status.lastBlockStages);
  showPool(status.pool);
  showBlocks(status);
  showAccounts(status.silos);
  showContended(status.silos);
  showSilos(status);
  showShards(status);
  chart(status);
  last = status;
}

function setState(state, label) {
  $('state').dataset.state = state;
  $('state').lastChild.textContent = label;
  $('main').classList.toggle('stale', state === 'gone');
  $('gone').hidden = state !== 'gone';
}

async function poll() {
  try {
    const response = await fetch('/v1/status', { signal: AbortSignal.timeout(TIMEOUT_MS), cache: 'no-store' });
    if (!response.ok) throw new Error(response.status === 503 ? 'it starts, or a silo is lost' : 'it answers ' + response.status);
    show(await response.json());
    lastAnswerAt = Date.now();
    setState('live', 'live');
  } catch (error) {
    const since = lastAnswerAt ? `for ${duration(Date.now() - lastAnswerAt)}` : 'yet';
    const why = error instanceof TypeError || error.name === 'TimeoutError' ? '' : ` (${error.message})`;
    $('gone').textContent = `The node at ${location.host} hasn't answered ${since}${why}. ${last ? 'What is shown is what it said last; trying' : 'Trying'} again each second.`;
    setState('gone', 'no answer');
  }
  if (!document.hidden) timer = setTimeout(poll, INTERVAL_MS);
}

document.addEventListener('visibilitychange', () => {
  clearTimeout(timer);
  if (document.hidden) {
    setState('paused', 'paused');
  } else {
    poll();
  }
});

poll();

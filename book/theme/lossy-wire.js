// @ts-check
// <sb-lossy-wire>: datagrams on their way from one host to another, time
// running down: what the wire did to each, and what recvfrom made of it.
// Recorded by `cargo run -p lesson-udp -- loss --json` and the like.
(() => {
  'use strict';
  const { make, define, options, mark, capital } = sbStepper;
  /** `sent` and `arrived` are places, from 1 on. @typedef {{from: string, payload: string, sent: number, fate: string, arrived: number[], why?: string}} Datagram */
  /** @typedef {SbRun & {datagrams: Datagram[], received: string[]}} Run */
  /** One way of a datagram down to the receiver, or to where it was lost; `due` is the step by which it has arrived. @typedef {{of: number, place: number, due: number, y: number, again: boolean}} Arrival */

  const LEFT = 46, RIGHT = 314, TOP = 46, STEP = 42;
  const svg = (/** @type {string} */ tag, /** @type {Record<string, string | number>} */ props, text = '') => {
    const el = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const name in props) el.setAttribute(name, `${props[name]}`);
    el.textContent = text;
    return el;
  };
  const quote = (/** @type {string} */ text) => `"${text}"`;

  /** All arrivals in their order. Not recorded is how long each took: the figure lets it take as long as the order needs. @param {Run} run */
  const arrivals = run => {
    /** @type {Arrival[]} */
    const all = run.datagrams.flatMap((d, of) => d.arrived.map((place, k) => ({ of, place, due: 0, y: 0, again: k > 0 })));
    let due = 0, y = 0;
    for (const a of all.sort((a, b) => a.place - b.place)) {
      a.due = due = Math.max(due, a.of + 1);
      a.y = y = Math.max(y + .68 * STEP, TOP + (a.of + .75) * STEP);
    }
    return all;
  };

  /** What this recvfrom says, and what it doesn't. @param {Run} run @param {Arrival[]} all @param {number} k */
  const verdict = (run, all, k) => {
    const { of } = all[k], text = quote(run.received[k]), past = all.slice(0, k).map(a => a.of), top = Math.max(-1, ...past);
    const missing = run.datagrams.map((_, i) => i).filter(i => i > top && i < of), names = missing.map(i => quote(run.datagrams[i].payload)).join(', ');
    if (past.includes(of)) return { kind: 'again', sign: '↻', note: 'a second time', why: `${text} again. To the kernel it is one more datagram; only the program could know it.` };
    if (of < top) return { kind: 'late', sign: '↶', note: `after ${quote(run.datagrams[top].payload)}`, why: `${text} after ${quote(run.datagrams[top].payload)}, which was sent later. UDP keeps no order: recvfrom gives what came first.` };
    if (missing.length) return { kind: 'gap', sign: '⋯', note: `${names} skipped`, why: `${text}, though ${names} has not come. No error and no wait tells of the gap: UDP doesn’t number its datagrams.` };
    return { kind: 'next', sign: '✓', note: '', why: `${text}: one call, one datagram.` };
  };

  /** Sends first, as in the recording; then each recvfrom. @param {Run[]} recorded */
  const runs = recorded => recorded.map(run => {
    const all = arrivals(run), receiver = run.hosts[1].name;
    const calls = run.received.map((_, k) => {
      const last = k === run.received.length - 1 ? ` The end: ${run.datagrams.length} sent, ${run.received.length} received.` : '';
      return { kind: 'call', host: receiver, why: verdict(run, all, k).why + last };
    });
    return { ...run, steps: [...run.datagrams.map(d => ({ kind: 'datagram', from: d.from, why: `${capital(d.from)} sends ${quote(d.payload)}. ${d.why || ''}` })), ...calls] };
  });

  const KEY = [['next', '✓', 'the next one'], ['gap', '⋯', 'one or more missing'], ['late', '↶', 'out of order'], ['again', '↻', 'a second time']]
    .map(([look, sign, means]) => `<span><i class=${look}>${sign}</i>${means}</span>`).join('');

  define('lossy-wire', 'Ask me', `<div class=lw><div class=lw-map></div><div class=lw-side><b class=lw-name></b><small>arrived, not yet taken</small><div class=lw-buffer></div>
<small>recvfrom returned</small><ol class=lw-log></ol><p class=lw-sum></p><p class=lw-key aria-hidden=true>${KEY}</p></div></div>`, root => {
    const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (root.querySelector('.lw-' + name));
    /** @type {Run} */ let run;
    /** @type {Arrival[]} */ let all;
    const sends = () => run.datagrams.length;

    const load = (/** @type {SbRun} */ chosen) => {
      run = /** @type {Run} */ (chosen);
      all = arrivals(run);
      part('name').textContent = `${capital(run.hosts[1].name)}’s socket`;
      part('log').replaceChildren(...all.map((_, k) => {
        const { kind, sign, note } = verdict(run, all, k);
        return make('li', '', make('i', kind, sign), make('code', 'nohighlight', quote(run.received[k])), make('small', '', note));
      }));
    };

    // A line from where it left to x, y; its tip or its end.
    const line = (/** @type {number} */ of, /** @type {number} */ x, /** @type {number} */ y, /** @type {string} */ look) => {
      const y0 = TOP + of * STEP, turn = Math.atan2(y - y0, x - LEFT) * 180 / Math.PI, g = svg('g', { class: `lw-way ${look}` });
      g.append(svg('path', { d: `M${LEFT + 13} ${y0 + (y - y0) * 13 / (x - LEFT)}L${x} ${y}` }));
      if (look.includes('lost')) g.append(svg('text', { x: x + 9, y: y + 8 }, '✗'));
      else if (!look.includes('held')) g.append(svg('path', { class: 'lw-tip', d: 'M1 0L-9 -4.5L-9 4.5Z', transform: `translate(${x} ${y}) rotate(${turn})` }));
      return g;
    };
    const box = (/** @type {number} */ x, /** @type {number} */ y, /** @type {string} */ text, /** @type {string} */ look) => {
      const g = svg('g', { class: `lw-box ${look}` });
      g.append(svg('rect', { x: x - 12, y: y - 11, width: 24, height: 22, rx: 6 }), svg('text', { x, y: y + 5 }, text.length > 2 ? text.slice(0, 1) + '…' : text));
      return g;
    };

    const map = (/** @type {number} */ at) => {
      const here = all.filter(a => a.due <= at), end = Math.max(TOP + (sends() - 1) * STEP, all[all.length - 1]?.y || 0) + 24;
      const figure = svg('svg', { viewBox: `0 0 360 ${end + 4}`, role: 'img' });
      [LEFT, RIGHT].forEach((x, i) => figure.append(svg('path', { class: 'lw-life', d: `M${x} 24V${end}` }), svg('text', { x, y: 15, class: `lw-host h${i}` }, run.hosts[i].name)));
      figure.append(svg('text', { x: 180, y: 15, class: 'lw-time' }, 'the wire · time runs down'));
      run.datagrams.slice(0, at).forEach((d, of) => {
        const now = of === at - 1 ? ' now' : '', mine = all.filter(a => a.of === of), y = TOP + of * STEP, waits = mine.some(a => a.due > at);
        if (!mine.length) figure.append(line(of, 175, y + .36 * STEP, `${d.fate}${now}`));
        if (waits) figure.append(line(of, 150, y + .28 * STEP, `held${now}`), svg('text', { x: 158, y: y + .28 * STEP + 5, class: 'lw-fate' }, 'held up'));
        mine.filter(a => a.due <= at).forEach(a => figure.append(line(of, RIGHT - 13, a.y, `${d.fate}${a.again ? ' again' : ''}${now}`)));
        figure.append(box(LEFT, y, d.payload, `h0${now}`));
        if (d.fate !== 'delivered' && !waits) figure.append(svg('text', { x: 196, y: mine.length ? (y + mine[0].y) / 2 - 5 : y + .36 * STEP + 6, class: `lw-fate ${mine.length ? '' : 'lost'}` }, d.fate));
      });
      const taken = at - sends();
      here.forEach((a, k) => figure.append(box(RIGHT, a.y, run.received[k], `h1${k < taken ? ' taken' : ''}`)));
      const told = run.datagrams.slice(0, at).map(d => `${quote(d.payload)} ${d.fate}`).join(', ');
      figure.setAttribute('aria-label', `${run.hosts[0].name} sent: ${told || 'nothing yet'}. Arrived: ${here.map((_, k) => quote(run.received[k])).join(', ') || 'nothing'}.`);
      return figure;
    };

    /** @param {number} at @param {boolean} open */
    const draw = (at, open) => {
      const seen = open ? at - 1 : at, taken = Math.max(0, seen - sends()), here = all.filter(a => a.due <= seen).length;
      part('map').replaceChildren(map(seen));
      const waiting = run.received.slice(taken, here).map(text => make('code', 'nohighlight', text));
      part('buffer').replaceChildren(...open ? ['?'] : waiting.length ? waiting : ['nothing']);
      mark(part('log'), Math.max(0, at - sends()), open);
      const kinds = all.slice(0, taken).map((_, k) => verdict(run, all, k).kind), count = (/** @type {string} */ kind) => kinds.filter(k => k === kind).length;
      part('sum').textContent = `${Math.min(seen, sends())} sent · ${taken} received · ${count('gap')} gaps · ${count('late')} out of order · ${count('again')} twice`.replace('1 gaps', '1 gap');
    };

    /** @param {number} at @param {SbSettle} settle */
    const question = (at, settle) => {
      const k = at - sends() - 1;
      if (k < 0) return null;
      const right = quote(run.received[k]), past = all.slice(0, k).map(a => a.of), due = run.datagrams[Math.max(-1, ...past) + 1], late = all.slice(k).some(a => past.includes(a.of) || a.of < Math.max(-1, ...past));
      const others = [due && quote(due.payload), run.datagrams[all[k].of + 1] && quote(run.datagrams[all[k].of + 1].payload), late && quote(run.datagrams[Math.min(...all.slice(k).map(a => a.of))].payload)];
      const shown = [...new Set([right, ...others.filter(o => typeof o === 'string')])].slice(0, 3).sort(), error = 'an error', wait = 'nothing: it waits';
      const why = verdict(run, all, k).why;
      return { text: `What does ${run.hosts[1].name}’s next recvfrom return?`, controls: options([...shown, error, wait], right, settle, chosen =>
        (chosen === right ? 'Right: ' : chosen === error ? `No error: ` : chosen === wait ? 'It doesn’t wait, for one has arrived: ' : `Not ${chosen}: `) + why) };
    };
    return { load, draw, question, first: 0 };
  }, runs);
})();
